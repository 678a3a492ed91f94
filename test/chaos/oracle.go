// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// An oracle judges what is in a cluster.
type oracle struct {
	// slots by namespace and name.
	slots map[string]slot
	// scheme has all kinds of children.
	scheme *runtime.Scheme
	// dryRun returns what applying a configuration as the operator would make of the live object.
	dryRun func(ctx context.Context, config *unstructured.Unstructured) (*unstructured.Unstructured, error)
}

// A state is all that an oracle knows.
type state struct {
	// stored are the OllamaDeployments as they are stored.
	stored []unstructured.Unstructured
	// objects are those of stored that can be decoded.
	objects []*v1alpha1.OllamaDeployment
	// children has all objects of the kinds of children.
	children map[id]*unstructured.Unstructured
	// foreign has objects of somebody else, as they were created.
	foreign map[id]*unstructured.Unstructured
	// recorded has all claims and Secrets that there ever were.
	recorded map[types.UID]recorded
	// models are those of the Ollama pods, by the names of the Deployment's namespace and name.
	models map[string][][]string
}

// An id identifies an object of a kind.
type id struct{ kind, namespace, name string }

func (i id) String() string { return fmt.Sprintf("%s %s/%s", i.kind, i.namespace, i.name) }

func idOf(object *unstructured.Unstructured) id {
	return id{object.GetKind(), object.GetNamespace(), object.GetName()}
}

// judge returns what violates an invariant, sorted. After a storm that may be so for a while.
func (o *oracle) judge(ctx context.Context, s *state) []string {
	found := s.decode()
	for _, d := range s.objects {
		found = append(found, inDebt(d)...)
		if !d.DeletionTimestamp.IsZero() {
			found = append(found, fmt.Sprintf("%s/%s is still being deleted", d.Namespace, d.Name))
			continue
		}
		st, errs := o.stackOf(s, d)
		found = append(append(found, errs...), o.judgeChildren(ctx, s, st)...)
		found = append(found, judgeStatus(s, st)...)
	}
	found = append(found, o.strays(s)...)
	found = append(found, s.touched()...)
	found = append(found, o.lost(s)...)
	slices.Sort(found)
	return slices.Compact(found)
}

// decode decodes the stored objects. Whatever cannot be decoded must not have been stored.
func (s *state) decode() []string {
	var found []string
	s.objects = nil
	for i := range s.stored {
		stored := &s.stored[i]
		raw, err := stored.MarshalJSON()
		if err != nil {
			found = append(found, fmt.Sprintf("%s: %v", idOf(stored), err))
			continue
		}
		d, errs, err := validation.Decode(raw)
		if err != nil || len(errs) > 0 {
			found = append(found, fmt.Sprintf("%s is stored and cannot be decoded: %v %v", idOf(stored), err, errs))
			continue
		}
		s.objects = append(s.objects, d)
	}
	return found
}

// inDebt returns why an object must not have been stored: no flag has ever been changed, so whatever is stored can be
// created again.
func inDebt(d *v1alpha1.OllamaDeployment) []string {
	var found []string
	name := fmt.Sprintf("OllamaDeployment %s/%s", d.Namespace, d.Name)
	if !d.Defaulted() {
		found = append(found, name+" is stored without all defaults")
	}
	if _, errs := validation.ValidateCreate(d.DeepCopy(), nil, validation.Options{}); len(errs) > 0 {
		found = append(found, fmt.Sprintf("%s is stored and refused: %v", name, errs.ToAggregate()))
	}
	return found
}

// touched returns the objects of somebody else that have changed.
func (s *state) touched() []string {
	var found []string
	for key, created := range s.foreign {
		live := s.children[key]
		if live == nil || live.GetUID() != created.GetUID() || live.GetResourceVersion() != created.GetResourceVersion() {
			found = append(found, fmt.Sprintf("%s of somebody else was touched", key))
		}
	}
	return found
}

// lost returns the claims and Secrets that are gone and have to be there.
func (o *oracle) lost(s *state) []string {
	living := map[types.UID]bool{}
	for _, d := range s.objects {
		living[d.UID] = d.DeletionTimestamp.IsZero()
	}
	for _, child := range s.children {
		living[child.GetUID()] = child.GetDeletionTimestamp().IsZero()
	}
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
