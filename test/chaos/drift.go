// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	render.KindHTTPRoute: {
		{"spec": fields{"hostnames": []string{"drift.example.com"}}},
		{"metadata": fields{"labels": fields{v1alpha1.LabelManagedBy: "somebody"}}},
	},
}

// driftOrder has the keys of driftKinds in a fixed order, for decisions that follow from the seed.
var driftOrder = []schema.GroupVersionKind{
	render.KindConfigMap, render.KindService, render.KindDeployment, render.KindIngress, render.KindNetworkPolicy, render.KindHTTPRoute,
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
	if s.role == aliased && u.chance(0.3) {
		return u.editAliased(ctx, s)
	}
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
