// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
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

// childKinds are the kinds of children, without HTTPRoutes, which the cluster does not have.
var childKinds = []schema.GroupVersionKind{
	render.KindConfigMap, render.KindPersistentVolumeClaim, render.KindService, render.KindDeployment, render.KindIngress,
	render.KindNetworkPolicy, render.KindPodDisruptionBudget, plan.KindSecret,
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
	if claim := s.children[id{kindClaim, st.Namespace, name}]; claim != nil && st.wanted[idOf(claim)] && !st.canShare(component, claim) {
		return v1alpha1.ReasonClaimNotShareable
	}
	return ""
}

// canShare reports whether the pods of the component can use the claim.
func (st *stack) canShare(component v1alpha1.ComponentName, claim *unstructured.Unstructured) bool {
	c, _ := st.Spec.Component(component)
	modes, _, _ := unstructured.NestedStringSlice(claim.Object, "spec", "accessModes")
	return slices.Contains(modes, string(corev1.ReadWriteMany)) || c.Replicas() <= 1 && !c.SharesClaim()
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
		if err := o.compare(ctx, st, object, live); err != nil {
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

// compare returns an error if applying the rendered child would change the live one.
func (o *oracle) compare(ctx context.Context, st *stack, object render.Object, live *unstructured.Unstructured) error {
	typed, err := o.scheme.New(object.Kind)
	if err != nil {
		return err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, typed); err != nil {
		return err
	}
	known, err := plan.LiveOf(typed)
	if err != nil {
		return err
	}
	object.Keep(st.OllamaDeployment, known.Keep)
	data, err := json.Marshal(object.Config)
	if err != nil {
		return err
	}
	config := &unstructured.Unstructured{}
	if err := config.UnmarshalJSON(data); err != nil {
		return err
	}
	keepMarks(config, live)
	after, err := o.dryRun(ctx, config)
	if err != nil {
		return fmt.Errorf("what is rendered cannot be applied: %w", err)
	}
	if path := difference("", content(live), content(after)); path != "" {
		return fmt.Errorf("it differs from what is rendered in %s", path)
	}
	return nil
}

// marks are the annotations of Deployments and of their pods that are not rendered: they depend on what is in the
// cluster.
var marks = []string{
	render.MountedAnnotation, render.FirstSecretAnnotation, render.MigratedAnnotation, render.SecretAnnotation,
	render.TrustAnnotation, render.IdentityAnnotation, render.DatabaseAnnotation, render.RedisAnnotation,
}

// keepMarks copies the marks of the live Deployment to the configuration.
func keepMarks(config, live *unstructured.Unstructured) {
	if config.GetKind() != render.KindDeployment.Kind {
		return
	}
	for _, path := range [][]string{{"metadata", "annotations"}, {"spec", "template", "metadata", "annotations"}} {
		annotations, _, _ := unstructured.NestedStringMap(live.Object, path...)
		for _, mark := range marks {
			if value, found := annotations[mark]; found {
				_ = unstructured.SetNestedField(config.Object, value, append(slices.Clone(path), mark)...) // they are maps
			}
		}
	}
}

// content returns what clients set of an object.
func content(object *unstructured.Unstructured) fields {
	out := fields{"labels": toAny(object.GetLabels()), "annotations": toAny(object.GetAnnotations())}
	owners, _, _ := unstructured.NestedFieldNoCopy(object.Object, "metadata", "ownerReferences")
	out["owners"] = owners
	for name, value := range object.Object {
		if name != "metadata" && name != "status" {
			out[name] = value
		}
	}
	return out
}

func toAny(values map[string]string) fields {
	out := fields{}
	for key, value := range values {
		out[key] = value
	}
	return out
}

// difference returns the path of the first difference, "" if there is none.
func difference(path string, a, b any) string {
	if equality.Semantic.DeepEqual(a, b) {
		return ""
	}
	left, isMap := a.(fields)
	right, areMaps := b.(fields)
	if !isMap || !areMaps {
		return fmt.Sprintf("%s (%v, not %v)", path, a, b)
	}
	keys := map[string]bool{}
	for key := range left {
		keys[key] = true
	}
	for key := range right {
		keys[key] = true
	}
	for key := range keys {
		if found := difference(path+"."+key, left[key], right[key]); found != "" {
			return found
		}
	}
	return path
}

// strays returns children that belong to nothing: those that are not rendered, and those of deleted objects. Claims
// and what their data need stay.
func (o *oracle) strays(s *state) []string {
	stacks := map[string]*stack{}
	for _, d := range s.objects {
		stacks[d.Namespace+"/"+d.Name], _ = o.stackOf(s, d)
	}
	var found []string
	for key, child := range s.children {
		owner := key.namespace + "/" + child.GetLabels()[v1alpha1.LabelOwner]
		slot, isOurs := o.slots[owner]
		if !isOurs || child.GetLabels()[foreignMark] != "" || key.kind == kindClaim || key.kind == kindSecret {
			continue
		}
		st := stacks[owner]
		switch {
		case st == nil && slot.role != orphaner:
			found = append(found, fmt.Sprintf("%s is left of a deleted object", key))
		case st != nil && !st.wanted[key] && !st.Spec.IsPaused() && st.blocks(key) == "" && st.DeletionTimestamp.IsZero():
			found = append(found, fmt.Sprintf("%s is left, and not rendered", key))
		}
	}
	return found
}
