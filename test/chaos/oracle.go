// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	// aliases are the aliases as they are stored.
	aliases []unstructured.Unstructured
	// autoscalers are those of the users.
	autoscalers []autoscalingv2.HorizontalPodAutoscaler
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
	stacks := map[string]*stack{}
	for _, d := range s.objects {
		found = append(found, inDebt(v1alpha1.Kind, d)...)
		if !d.DeletionTimestamp.IsZero() {
			found = append(found, fmt.Sprintf("%s/%s is still being deleted", d.Namespace, d.Name))
			continue
		}
		st, errs := o.stackOf(s, d)
		stacks[d.Namespace+"/"+d.Name] = st
		found = append(append(found, errs...), o.judgeChildren(ctx, s, st)...)
		found = append(found, judgeMarks(s, st)...)
		found = append(found, judgeClaims(s, st)...)
		found = append(found, judgeStatus(s, st)...)
	}
	found = append(found, o.judgeAliases(s)...)
	found = append(found, o.strays(s, stacks)...)
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
func inDebt(kind string, d *v1alpha1.OllamaDeployment) []string {
	var found []string
	name := fmt.Sprintf("%s %s/%s", kind, d.Namespace, d.Name)
	if !d.Defaulted() {
		found = append(found, name+" is stored without all defaults")
	}
	if _, errs := validation.ValidateCreate(d.DeepCopy(), nil, validation.Options{}); len(errs) > 0 {
		found = append(found, fmt.Sprintf("%s is stored and refused: %v", name, errs.ToAggregate()))
	}
	return found
}

// touched returns the objects of somebody else that have changed. Controllers of Kubernetes write the status of some.
func (s *state) touched() []string {
	var found []string
	for key, created := range s.foreign {
		if why := touchedBy(created, s.children[key]); why != "" {
			found = append(found, fmt.Sprintf("%s of somebody else was touched: %s", key, why))
		}
	}
	return found
}

// touchedBy returns what has happened to an object since it was created, "" if nothing has.
func touchedBy(created, live *unstructured.Unstructured) string {
	switch {
	case live == nil:
		return "it is gone"
	case live.GetUID() != created.GetUID():
		return "it is another one"
	case live.GetDeletionTimestamp() != nil:
		return "it is being deleted"
	case slices.ContainsFunc(live.GetManagedFields(), isOfOperator):
		return "the operator has set fields"
	default:
		return difference("", content(withoutVolume(created)), content(withoutVolume(live)))
	}
}

// withoutVolume returns a claim without its volume, which the simulation of nodes provides, and other objects as they
// are.
func withoutVolume(object *unstructured.Unstructured) *unstructured.Unstructured {
	if object.GetKind() != kindClaim {
		return object
	}
	out := object.DeepCopy()
	unstructured.RemoveNestedField(out.Object, "spec", "volumeName")
	annotations := out.GetAnnotations()
	maps.DeleteFunc(annotations, func(key, _ string) bool { return strings.Contains(key, "kubernetes.io/") })
	out.SetAnnotations(annotations)
	return out
}

func isOfOperator(entry metav1.ManagedFieldsEntry) bool { return entry.Manager == v1alpha1.ManagedBy }
