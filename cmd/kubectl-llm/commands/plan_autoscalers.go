// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// A scaleTarget is an object whose replicas an autoscaler sets.
type scaleTarget struct {
	kind schema.GroupKind
	name string
}

// scaleTargets are those of a namespace, nil if they are not known.
type scaleTargets map[scaleTarget]bool

// components returns the components of the object whose Deployments are targets.
func (s scaleTargets) components(object string) []v1alpha1.ComponentName {
	var out []v1alpha1.ComponentName
	for _, component := range v1alpha1.ComponentNames() {
		if s[scaleTarget{render.KindDeployment.GroupKind(), v1alpha1.ChildName(object, component)}] {
			out = append(out, component)
		}
	}
	return out
}

// scales reports whether the OllamaDeployment itself is a target.
func (s scaleTargets) scales(object string) bool {
	return s[scaleTarget{v1alpha1.GroupVersion.WithKind(v1alpha1.Kind).GroupKind(), object}]
}

// scaleTargets returns the targets of the autoscalers in the namespace, which are read once. If the user may not read
// them, they are not known, with a note.
func (c *childReader) scaleTargets(ctx context.Context, namespace string) (scaleTargets, error) {
	if known, read := c.targets[namespace]; read {
		return known, nil
	}
	client, err := newRESTClient(c.request.flags, "/apis", autoscalingv2.SchemeGroupVersion, autoscalingv2.AddToScheme, rest.NoWarnings{})
	if err != nil {
		return nil, err
	}
	list := &autoscalingv2.HorizontalPodAutoscalerList{}
	err = client.Get().Namespace(namespace).Resource("horizontalpodautoscalers").Do(ctx).Into(list)
	switch {
	case apierrors.IsForbidden(err):
		c.request.note("you may not list horizontalpodautoscalers; it is assumed that they scale what the operator leaves to them")
		c.targets[namespace] = nil
		return nil, nil //nolint:nilnil // they are not known
	case err != nil && !apierrors.IsNotFound(err): // a cluster without the API has none
		return nil, fmt.Errorf("reading horizontalpodautoscalers: %w", err)
	}
	c.targets[namespace] = targetsOf(list.Items)
	return c.targets[namespace], nil
}

// targetsOf returns what the autoscalers scale, not nil.
func targetsOf(autoscalers []autoscalingv2.HorizontalPodAutoscaler) scaleTargets {
	out := scaleTargets{}
	for _, autoscaler := range autoscalers {
		target := autoscaler.Spec.ScaleTargetRef
		if group, err := schema.ParseGroupVersion(target.APIVersion); err == nil {
			out[scaleTarget{schema.GroupKind{Group: group.Group, Kind: target.Kind}, target.Name}] = true
		}
	}
	return out
}
