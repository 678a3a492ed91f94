// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// strays returns children that belong to nothing: those that are not rendered, and those of deleted objects. Claims
// stay that are retained, and Secrets that their data need.
func (o *oracle) strays(s *state, stacks map[string]*stack) []string {
	var found []string
	living := s.living()
	for key, child := range s.children {
		owner := key.namespace + "/" + child.GetLabels()[v1alpha1.LabelOwner]
		slot, isOurs := o.slots[owner]
		if !isOurs || child.GetLabels()[foreignMark] != "" {
			continue
		}
		st := stacks[owner]
		switch {
		case key.kind == kindClaim || key.kind == kindSecret:
			if isChildOf(key.name, slot.name) && slot.role != orphaner && isLeft(child, living) {
				found = append(found, fmt.Sprintf("%s is left of a deleted owner", key))
			}
		case st == nil && slot.role != orphaner:
			found = append(found, fmt.Sprintf("%s is left of a deleted object", key))
		case st != nil && !st.wanted[key] && !st.Spec.IsPaused() && st.blocks(key) == "":
			found = append(found, fmt.Sprintf("%s is left, and not rendered", key))
		}
	}
	return found
}

// isLeft reports whether nothing is there any more that a claim or a Secret belongs to. A claim without an owner is
// retained.
func isLeft(child *unstructured.Unstructured, living map[types.UID]bool) bool {
	owners := child.GetOwnerReferences()
	return (len(owners) > 0 || child.GetKind() == kindSecret) &&
		!slices.ContainsFunc(owners, func(owner metav1.OwnerReference) bool { return living[owner.UID] })
}

// judgeClaims returns the claims that would go with their object and are to be retained, or the reverse.
func judgeClaims(s *state, st *stack) []string {
	var found []string
	for _, name := range v1alpha1.ComponentNames() {
		key := id{kindClaim, st.Namespace, v1alpha1.ChildName(st.Name, name)}
		claim := s.children[key]
		if claim == nil || s.foreign[key] != nil || st.Spec.IsPaused() {
			continue
		}
		c, isThere := st.Spec.Component(name)
		goes := slices.ContainsFunc(claim.GetOwnerReferences(), func(owner metav1.OwnerReference) bool { return owner.UID == st.UID })
		if wanted := isThere && !c.RetainsClaim(); goes != wanted {
			found = append(found, fmt.Sprintf("%s is deleted with its object: %t, and wanted is %t", key, goes, wanted))
		}
	}
	return found
}

// living returns which objects and children are there, and not being deleted.
func (s *state) living() map[types.UID]bool {
	living := map[types.UID]bool{}
	for _, d := range s.objects {
		living[d.UID] = d.DeletionTimestamp.IsZero()
	}
	for _, child := range s.children {
		living[child.GetUID()] = child.GetDeletionTimestamp().IsZero()
	}
	return living
}

// lost returns the claims and Secrets that are gone and have to be there.
func (o *oracle) lost(s *state) []string {
	living := s.living()
	var found []string
	for _, one := range s.recorded {
		switch {
		case !one.gone:
		case one.kind == kindSecret && (len(one.owners) == 0 || slices.ContainsFunc(one.owners, func(uid types.UID) bool { return living[uid] })):
			found = append(found, one.String()+" is lost")
		case one.kind == kindClaim && o.retains(one):
			found = append(found, one.String()+" is lost")
		}
	}
	return found
}

// retains reports whether a claim has to stay for good.
func (o *oracle) retains(claim recorded) bool {
	for _, s := range o.slots {
		if s.namespace == claim.namespace && s.role != dropper && isChildOf(claim.name, s.name) {
			return true
		}
	}
	return false
}

// isChildOf reports whether an object has the name of a child of the owner.
func isChildOf(name, owner string) bool {
	return slices.ContainsFunc(v1alpha1.ComponentNames(), func(c v1alpha1.ComponentName) bool { return name == v1alpha1.ChildName(owner, c) })
}
