// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// A viewer reads states of a cluster.
type viewer struct {
	api     client.Client
	ollama  ollama.Control
	record  *recorder
	foreign map[id]*unstructured.Unstructured
}

// newViewer returns a viewer of a cluster in which others are objects of somebody else.
func newViewer(api client.Client, control ollama.Control, record *recorder, others []*unstructured.Unstructured) *viewer {
	v := &viewer{api, control, record, map[id]*unstructured.Unstructured{}}
	for _, one := range others {
		v.foreign[idOf(one)] = one
	}
	return v
}

// view returns the state of the cluster.
func (v *viewer) view(ctx context.Context) (*state, error) {
	s := &state{children: map[id]*unstructured.Unstructured{}, foreign: v.foreign, models: map[string][][]string{}}
	for _, namespace := range namespaces {
		if err := v.viewUsers(ctx, s, namespace); err != nil {
			return nil, err
		}
		for _, kind := range childKinds {
			children, err := v.list(ctx, kind, namespace)
			if err != nil {
				return nil, err
			}
			for i := range children {
				s.children[idOf(&children[i])] = &children[i]
			}
		}
		if err := v.askPods(ctx, s, namespace); err != nil {
			return nil, err
		}
	}
	s.recorded = v.record.all()
	return s, nil
}

// viewUsers reads what users create.
func (v *viewer) viewUsers(ctx context.Context, s *state, namespace string) error {
	for kind, into := range map[string]*[]unstructured.Unstructured{v1alpha1.Kind: &s.stored, v1alpha1.KindAlias: &s.aliases} {
		stored, err := v.list(ctx, v1alpha1.GroupVersion.WithKind(kind), namespace)
		if err != nil {
			return err
		}
		*into = append(*into, stored...)
	}
	var autoscalers autoscalingv2.HorizontalPodAutoscalerList
	if err := v.api.List(ctx, &autoscalers, client.InNamespace(namespace)); err != nil {
		return fmt.Errorf("listing autoscalers: %w", err)
	}
	s.autoscalers = append(s.autoscalers, autoscalers.Items...)
	return nil
}

func (v *viewer) list(ctx context.Context, kind schema.GroupVersionKind, namespace string) ([]unstructured.Unstructured, error) {
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(kind)
	if err := v.api.List(ctx, list, client.InNamespace(namespace)); err != nil {
		return nil, fmt.Errorf("listing every %s: %w", kind.Kind, err)
	}
	return list.Items, nil
}

// askPods asks the simulated Ollama of each pod that stays which models it has.
func (v *viewer) askPods(ctx context.Context, s *state, namespace string) error {
	var pods corev1.PodList
	labels := client.MatchingLabels{v1alpha1.LabelComponent: string(v1alpha1.ComponentOllama)}
	if err := v.api.List(ctx, &pods, client.InNamespace(namespace), labels); err != nil {
		return fmt.Errorf("listing pods: %w", err)
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if pod.Status.PodIP == "" || pod.Status.Phase != corev1.PodRunning || pod.DeletionTimestamp != nil {
			continue
		}
		models, err := v.ollama.Models(pod.Status.PodIP)
		if err != nil {
			continue // the simulation has not seen it yet
		}
		owner := namespace + "/" + pod.Labels[v1alpha1.LabelOwner]
		s.models[owner] = append(s.models[owner], slices.Clone(models))
	}
	return nil
}

// dryRun returns what applying a configuration as the operator would make of the live object.
func (v *viewer) dryRun(ctx context.Context, config *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	data, err := config.MarshalJSON()
	if err != nil {
		return nil, err
	}
	out := config.DeepCopy()
	err = v.api.Patch(ctx, out, client.RawPatch(types.ApplyPatchType, data), client.FieldOwner(v1alpha1.ManagedBy), client.ForceOwnership, client.DryRunAll)
	return out, err
}
