// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// autoscalerIndex indexes HorizontalPodAutoscalers in the cache by their scale target.
const autoscalerIndex = "target"

// Groups and kinds that an autoscaler may scale and that concern the operator.
var (
	appsDeployment   = schema.GroupKind{Group: appsv1.GroupName, Kind: "Deployment"}
	ollamaDeployment = schema.GroupKind{Group: v1alpha1.GroupVersion.Group, Kind: v1alpha1.Kind}
)

// targetOf returns the index key of an autoscaler's scale target, empty if it has none.
func targetOf(object client.Object) string {
	autoscaler, ok := object.(*autoscalingv2.HorizontalPodAutoscaler)
	if !ok {
		return ""
	}
	target := autoscaler.Spec.ScaleTargetRef
	group, err := schema.ParseGroupVersion(target.APIVersion)
	if err != nil {
		return "" // it scales nothing
	}
	return targetKey(schema.GroupKind{Group: group.Group, Kind: target.Kind}, target.Name)
}

func targetKey(kind schema.GroupKind, name string) string { return kind.String() + "/" + name }

// indexAutoscaler returns the index function of autoscalerIndex.
func indexAutoscaler(object client.Object) []string {
	if target := targetOf(unpacked(object)); isOurKind(target) {
		return []string{target}
	}
	return nil
}

// isOurKind reports whether the index key of a scale target is of a kind that concerns the operator.
func isOurKind(target string) bool {
	kind, _, _ := strings.Cut(target, "/")
	return kind == ollamaDeployment.String() || kind == appsDeployment.String()
}

// trimAutoscaler returns the autoscaler with only its identity and scale target.
func trimAutoscaler(live client.Object) (client.Object, error) {
	autoscaler, ok := live.(*autoscalingv2.HorizontalPodAutoscaler)
	if !ok {
		return nil, fmt.Errorf("%T is no HorizontalPodAutoscaler", live)
	}
	small := &autoscalingv2.HorizontalPodAutoscaler{}
	small.Namespace, small.Name, small.UID, small.ResourceVersion = live.GetNamespace(), live.GetName(), live.GetUID(), live.GetResourceVersion()
	small.Spec.ScaleTargetRef = autoscaler.Spec.ScaleTargetRef
	return small, nil
}

// isAutoscaled reports whether a HorizontalPodAutoscaler targets the object. Replicas set by
// anything else are drift.
func isAutoscaled(ctx context.Context, cached client.Reader, namespace string, kind schema.GroupKind, name string) (bool, error) {
	found := &autoscalingv2.HorizontalPodAutoscalerList{}
	err := cached.List(ctx, found, client.InNamespace(namespace), client.MatchingFields{autoscalerIndex: targetKey(kind, name)}, client.Limit(1))
	if err != nil {
		return false, fmt.Errorf("reading the autoscalers of %s %q: %w", kind.Kind, name, err)
	}
	return len(found.Items) > 0, nil
}

// onAutoscaler reconciles the object that an autoscaler targets, directly or through one of its
// Deployments, when the autoscaler is created or deleted, or its target changes.
func onAutoscaler() handler.EventHandler {
	return onEvent(
		func(q queue, _, after client.Object) { enqueueTarget(q, after) },
		func(q queue, before, after client.Object) {
			if targetOf(before) != targetOf(after) {
				enqueueTarget(q, before)
				enqueueTarget(q, after)
			}
		},
		func(q queue, before, _ client.Object) { enqueueTarget(q, before) },
	)
}

func enqueueTarget(q queue, autoscaler client.Object) {
	kind, name, _ := strings.Cut(targetOf(autoscaler), "/")
	switch kind {
	case ollamaDeployment.String():
	case appsDeployment.String():
		at := strings.LastIndex(name, "-")
		if at < 0 || !isComponent(name[at+1:]) {
			return
		}
		name = name[:at]
	default:
		return
	}
	q.AddAfter(reconcile.Request{NamespacedName: client.ObjectKey{Namespace: autoscaler.GetNamespace(), Name: name}}, statusDebounce)
}

func isComponent(name string) bool {
	return slices.Contains(v1alpha1.ComponentNames(), v1alpha1.ComponentName(name))
}
