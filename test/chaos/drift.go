// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// driftKinds are the kinds of children that users edit and delete, and edits of them that the operator reverts. Claims
// and Secrets hold data, which nobody restores.
var driftKinds = map[schema.GroupVersionKind][]fields{
	render.KindConfigMap: {
		{"data": fields{"pull-models.sh": "exit 1", "config.toml": "drift = true"}},
		{"metadata": fields{"labels": fields{v1alpha1.LabelManagedBy: "somebody"}}},
	},
	render.KindService: {
		{"spec": fields{"selector": fields{v1alpha1.LabelComponent: "nothing"}}},
		{"spec": fields{"type": "NodePort"}},
		{"metadata": fields{"labels": fields{v1alpha1.LabelPartOf: nil}}},
	},
	render.KindDeployment: {
		{"spec": fields{"replicas": 4}},
		{"metadata": fields{"labels": fields{v1alpha1.LabelInstance: nil}}},
		{"metadata": fields{"annotations": fields{"example.com/note": "of somebody else"}}},
	},
	render.KindIngress:       {{"spec": fields{"rules": nil}}, {"metadata": fields{"labels": fields{v1alpha1.LabelOwner: nil}}}},
	render.KindNetworkPolicy: {{"spec": fields{"podSelector": fields{"matchLabels": nil}}}},
}

// driftOrder has the keys of driftKinds in a fixed order, for decisions that follow from the seed.
var driftOrder = []schema.GroupVersionKind{
	render.KindConfigMap, render.KindService, render.KindDeployment, render.KindIngress, render.KindNetworkPolicy,
}

// child returns a child's kind and name, at random. It may not exist.
func (u *user) child(s slot) (schema.GroupVersionKind, *metav1.PartialObjectMetadata) {
	kind, component := pick(u.generator, driftOrder...), pick(u.generator, v1alpha1.ComponentNames()...)
	child := &metav1.PartialObjectMetadata{}
	child.SetGroupVersionKind(kind)
	child.SetNamespace(s.namespace)
	child.SetName(v1alpha1.ChildName(s.name, component))
	return kind, child
}

func (u *user) editChild(ctx context.Context, s slot) error {
	kind, child := u.child(s)
	patch, err := json.Marshal(pick(u.generator, driftKinds[kind]...))
	if err != nil {
		return err
	}
	if s.role == rival {
		return nil // it may be somebody else's
	}
	return u.api.Patch(ctx, child, client.RawPatch(types.MergePatchType, patch))
}

func (u *user) deleteChild(ctx context.Context, s slot) error {
	_, child := u.child(s)
	if s.role == rival || s.role == orphaner {
		return nil // it may be what the next object recognizes its children by
	}
	return u.api.Delete(ctx, child, client.PropagationPolicy(metav1.DeletePropagationBackground))
}

// foreignMark is the label of objects that the operator must not touch.
const foreignMark = "chaos-foreign"

// foreign returns objects of somebody else: one with the name of a child for each rival, and one with the labels of
// a child for each namespace.
func foreign(g generator, all []slot) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	marked := map[string]bool{}
	for _, s := range all {
		if s.role == rival {
			out = append(out, foreignChild(g, s))
		}
		if !marked[s.namespace] {
			marked[s.namespace] = true
			labeled := newForeign("v1", "ConfigMap", s.namespace, "labeled", fields{"data": fields{"of": "somebody else"}})
			labeled.SetLabels(map[string]string{foreignMark: "true", v1alpha1.LabelOwner: s.name, v1alpha1.LabelManagedBy: v1alpha1.ManagedBy})
			out = append(out, labeled)
		}
	}
	return out
}

// foreignChild returns an object with the name of a child, of a random kind.
func foreignChild(g generator, s slot) *unstructured.Unstructured {
	name := v1alpha1.ChildName(s.name, pick(g, v1alpha1.ComponentNames()...))
	port := []any{fields{"name": "http", "port": int64(1234)}}
	return pick(
		g,
		newForeign("v1", "ConfigMap", s.namespace, name, fields{"data": fields{"of": "somebody else"}}),
		newForeign("v1", "Secret", s.namespace, name, fields{"data": fields{"of": "c29tZWJvZHk="}}),
		newForeign("v1", "Service", s.namespace, name, fields{"spec": fields{"ports": port}}),
		newForeign("networking.k8s.io/v1", "NetworkPolicy", s.namespace, name, fields{"spec": fields{"podSelector": fields{}}}),
	)
}

func newForeign(version, kind, namespace, name string, content fields) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: content}
	object.SetAPIVersion(version)
	object.SetKind(kind)
	object.SetNamespace(namespace)
	object.SetName(name)
	object.SetLabels(map[string]string{foreignMark: "true"})
	return object
}

// createForeign creates objects of somebody else, and returns them as they are stored.
func createForeign(ctx context.Context, api client.Client, objects []*unstructured.Unstructured) error {
	for _, object := range objects {
		if err := api.Create(ctx, object); err != nil {
			return fmt.Errorf("creating somebody else's %s %q: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}
