// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// attribute sets the source, the managers and the rule of the field at the location.
//
// The API server records managers before it calls the webhooks: nobody owns what they set, and whoever
// owns a field has sent it, or created the object when the schema's default was added.
func (e *Explainer) attribute(f *Field, at location) {
	if at.value == nil {
		f.Source = SourceUnset
		e.addRule(f, at)
		return
	}
	own := e.claim(at)
	f.Managers = own.managers
	if e.attributeToPair(f, at, own) {
		return
	}
	row := e.defaults[at.names()]
	switch {
	case own.sent && row.InSchema && row.Applies && own.mayBeDefaulted():
		f.Source, f.Uncertain = SourceDefault, !e.isAppliedWithout(own)
	case own.sent:
		f.Source = SourceUser
	case row.Applies && len(row.From) == 0:
		f.Source = SourceDefault
	case row.Applies:
		f.Source = SourceDerived
		e.addRule(f, at)
	default:
		f.Source = SourceUnknown
	}
}

// addRule sets the rule by which the field is derived, if there is one.
func (e *Explainer) addRule(f *Field, at location) {
	row := e.defaults[at.names()]
	f.From, f.Rule = row.From, row.Rule
}

// A claim is what is recorded about who set a field.
type claim struct {
	sets []managedSet
	// managers are those of the sets, or else the one whose manifest has the value.
	managers []Manager
	// applied reports that the manifest of kubectl apply has the value.
	applied bool
	// sent reports that a manager sent the value, as far as that is recorded.
	sent bool
}

// claim returns who set the field. A manager whose manifest has another value of a deprecated field or its
// replacement did not: admission has changed it since.
func (e *Explainer) claim(at location) claim {
	sets := e.owners(at)
	c := claim{sets: sets, managers: managersOf(sets)}
	stored, _ := walk(e.object, at.owned)
	written, found := walk(e.written, at.owned)
	c.applied = found && equality.Semantic.DeepEqual(written, stored)
	if c.applied && len(sets) == 0 {
		c.managers = e.applier()
	}
	_, isCopied := e.deprecated[at.names()]
	c.sent = c.applied || slices.ContainsFunc(sets, func(s managedSet) bool { return !isCopied || !found || !s.savesManifest() })
	return c
}

// mayBeDefaulted reports whether the API server may have added the value to what the managers sent: not to
// a server-side apply, a subresource, or a manifest that has it.
func (c claim) mayBeDefaulted() bool {
	return !c.applied && !slices.ContainsFunc(c.sets, func(s managedSet) bool {
		return s.entry.Operation == metav1.ManagedFieldsOperationApply || s.entry.Subresource != ""
	})
}

// isAppliedWithout reports whether all that is recorded is a kubectl apply, whose manifest is known not to
// have the value.
func (e *Explainer) isAppliedWithout(c claim) bool {
	return e.written != nil && !slices.ContainsFunc(c.sets, func(s managedSet) bool { return !s.savesManifest() })
}

// latest returns when the claim's managers last changed the object, which is when they set the field or
// later.
func (c claim) latest() *metav1.Time {
	var out *metav1.Time
	for _, m := range c.managers {
		if m.Time != nil && (out == nil || out.Before(m.Time)) {
			out = m.Time
		}
	}
	return out
}

// sameManagers reports whether one manager has both claims, so that one manifest may set both fields.
func (c claim) sameManagers(other claim) bool {
	return slices.ContainsFunc(c.managers, func(m Manager) bool {
		return slices.ContainsFunc(other.managers, func(o Manager) bool { return m.Name == o.Name && m.Operation == o.Operation })
	})
}
