// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"bytes"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// A managedSet is an entry of the managed fields with its decoded fields.
type managedSet struct {
	entry  metav1.ManagedFieldsEntry
	fields *fieldpath.Set
}

// managedSets decodes the entries. Those that cannot be decoded, and those of the status, which say
// nothing about the spec, are skipped.
func managedSets(entries []metav1.ManagedFieldsEntry) []managedSet {
	var out []managedSet
	for _, entry := range entries {
		set := &fieldpath.Set{}
		if entry.Subresource == "status" || entry.FieldsV1 == nil || set.FromJSON(bytes.NewReader(entry.FieldsV1.GetRawBytes())) != nil {
			continue
		}
		out = append(out, managedSet{entry, set})
	}
	return out
}

// owns reports whether the manager owns the field, or one below it.
func (s managedSet) owns(path fieldpath.Path) bool {
	if s.fields.Has(path) {
		return true
	}
	below := s.fields
	for _, element := range path {
		below = below.WithPrefix(element)
	}
	return !below.Empty()
}

// savesManifest reports whether the manager wrote the annotation of kubectl apply.
func (s managedSet) savesManifest() bool {
	return s.owns(fieldpath.MakePathOrDie("metadata", "annotations", corev1.LastAppliedConfigAnnotation))
}

func (s managedSet) manager() Manager {
	return Manager{Name: s.entry.Manager, Operation: s.entry.Operation, Subresource: s.entry.Subresource, Time: s.entry.Time}
}

// owners returns the entries that own the field.
func (e *Explainer) owners(at location) []managedSet {
	return slices.DeleteFunc(slices.Clone(e.managed), func(s managedSet) bool { return !s.owns(at.owned) })
}

func managersOf(sets []managedSet) []Manager {
	out := make([]Manager, 0, len(sets))
	for _, s := range sets {
		out = append(out, s.manager())
	}
	return out
}

// applier returns the manager that saved the manifest with kubectl apply, if it is recorded.
func (e *Explainer) applier() []Manager {
	for _, s := range e.managed {
		if s.savesManifest() {
			m := s.manager()
			m.LastApplied = true
			return []Manager{m}
		}
	}
	return nil
}
