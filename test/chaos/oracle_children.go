// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
)

// Kinds by name.
var (
	kindSecret = plan.KindSecret.Kind
	kindClaim  = render.KindPersistentVolumeClaim.Kind
)

// childKinds are the kinds of children.
var childKinds = []schema.GroupVersionKind{
	render.KindConfigMap, render.KindPersistentVolumeClaim, render.KindService, render.KindDeployment, render.KindIngress,
	render.KindNetworkPolicy, render.KindHTTPRoute, render.KindPodDisruptionBudget, plan.KindSecret,
}

// A stack is an object with what is rendered of it.
type stack struct {
	*v1alpha1.OllamaDeployment
	slot    slot
	objects []render.Object
	wanted  map[id]bool
	// blocked are the components that the operator leaves alone, with the reason.
	blocked map[v1alpha1.ComponentName]string
}

func (o *oracle) stackOf(s *state, d *v1alpha1.OllamaDeployment) (*stack, []string) {
	objects, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
	st := &stack{d, o.slots[d.Namespace+"/"+d.Name], objects, map[id]bool{}, map[v1alpha1.ComponentName]string{}}
	for _, object := range objects {
		st.wanted[id{object.Kind.Kind, d.Namespace, object.Name}] = true
	}
	for _, secret := range render.Secrets(d) {
		st.wanted[id{kindSecret, d.Namespace, secret.Name}] = true
	}
	if secret := render.IdentitySecret(d); secret != nil {
		st.wanted[id{kindSecret, d.Namespace, secret.Name}] = true
	}
	for _, component := range v1alpha1.ComponentNames() {
		if why := s.blocks(st, component); why != "" {
			st.blocked[component] = why
		}
	}
	if err != nil {
		return st, []string{fmt.Sprintf("%s/%s: %v", d.Namespace, d.Name, err)}
	}
	return st, nil
}

// blocks returns why the operator leaves a component alone, "" if it does not.
func (s *state) blocks(st *stack, component v1alpha1.ComponentName) string {
	if why := s.lacks(st, component); why != "" {
		return why
	}
	name := v1alpha1.ChildName(st.Name, component)
	for _, kind := range childKinds {
		key := id{kind.Kind, st.Namespace, name}
		if !st.wanted[key] {
			continue
		}
		if s.foreign[key] != nil {
			return v1alpha1.ReasonNameConflict
		}
		isMounted := kind == render.KindConfigMap || kind == plan.KindSecret
		if live := s.children[key]; live != nil && st.slot.role == orphaner && isMounted && len(live.GetOwnerReferences()) == 0 {
			return v1alpha1.ReasonNameConflict
		}
	}
	if claim := s.children[id{kindClaim, st.Namespace, name}]; claim != nil && st.wanted[idOf(claim)] && !s.canShare(st, component, claim) {
		return v1alpha1.ReasonClaimNotShareable
	}
	return ""
}

// canShare reports whether the pods of the component can use the claim.
func (s *state) canShare(st *stack, component v1alpha1.ComponentName, claim *unstructured.Unstructured) bool {
	c, _ := st.Spec.Component(component)
	modes, _, _ := unstructured.NestedStringSlice(claim.Object, "spec", "accessModes")
	return slices.Contains(modes, string(corev1.ReadWriteMany)) || max(c.Replicas(), s.desired(st, c)) <= 1 && !c.SharesClaim()
}

// lacks returns why a component waits for an object of the user that the spec refers to, "" if it does not.
func (s *state) lacks(st *stack, component v1alpha1.ComponentName) string {
	c, found := st.Spec.Component(component)
	if !found || !c.IsEnabled() {
		return ""
	}
	webUI := st.Spec.OpenWebUI
	switch isWebUI := component == v1alpha1.ComponentOpenWebUI; {
	case st.Spec.Trust != nil && st.Spec.Trust.ConfigMapRef.Name == absent:
		return v1alpha1.ReasonTrustNotUsable
	case isWebUI && webUI.Database != nil && webUI.Database.URLSecretRef.Name == absent:
		return v1alpha1.ReasonDatabaseNotUsable
	case isWebUI && webUI.Redis != nil && webUI.Redis.URLSecretRef.Name == absent:
		return v1alpha1.ReasonRedisNotUsable
	default:
		return ""
	}
}

// judgeChildren returns the children that are missing or differ from what is rendered.
func (o *oracle) judgeChildren(ctx context.Context, s *state, st *stack) []string {
	if st.Spec.IsPaused() {
		return nil
	}
	var found []string
	for key := range st.wanted {
		if s.children[key] == nil && st.blocks(key) == "" {
			found = append(found, key.String()+" is missing")
		}
	}
	for _, object := range st.objects {
		key := id{object.Kind.Kind, st.Namespace, object.Name}
		live := s.children[key]
		if live == nil || st.blocks(key) != "" {
			continue
		}
		if err := o.compare(ctx, s, st, object, live); err != nil {
			found = append(found, fmt.Sprintf("%s: %v", key, err))
		}
	}
	return found
}

// blocks returns why the operator leaves the component of a child alone, "" if it does not.
func (st *stack) blocks(child id) string {
	for component, why := range st.blocked {
		if child.name == v1alpha1.ChildName(st.Name, component) {
			return why
		}
	}
	return ""
}
