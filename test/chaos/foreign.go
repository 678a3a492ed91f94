// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// foreignMark is the label of objects that the operator must not touch.
const foreignMark = "chaos-foreign"

// foreign returns objects of somebody else: one with the name of a child for each rival, and for each namespace those
// that specs refer to, and some that resemble the children of its first object.
func foreign(g generator, all []slot) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	marked := map[string]bool{}
	for _, s := range all {
		if s.role == rival {
			out = append(out, foreignChild(g, s))
		}
		if marked[s.namespace] {
			continue
		}
		marked[s.namespace] = true
		referred, err := references(s.namespace)
		if err != nil {
			return nil, err
		}
		out = append(append(out, referred...), resembling(s)...)
	}
	return out, nil
}

// resembling returns objects with the labels of children and similar names. Claims with the name of a child as well
// would be taken up.
func resembling(s slot) []*unstructured.Unstructured {
	chat, models := v1alpha1.ChildName(s.name, v1alpha1.ComponentOpenWebUI), v1alpha1.ChildName(s.name, v1alpha1.ComponentOllama)
	return []*unstructured.Unstructured{
		labeled(s, newForeign("v1", "ConfigMap", s.namespace, labeledConfigMap, fields{"data": fields{"of": "somebody else"}})),
		labeled(s, newForeign("v1", kindSecret, s.namespace, chat+"-old", fields{"stringData": fields{"of": "somebody else"}})),
		labeled(s, foreignClaim(s.namespace, models+"-old")),
		labeled(s, foreignClaim(s.namespace, "data-"+models)),
		foreignClaim(s.namespace, s.name),
	}
}

// labeledConfigMap is the name of a ConfigMap with the labels of a child.
const labeledConfigMap = "labeled"

// labeled adds the labels of the children of a slot's objects.
func labeled(s slot, object *unstructured.Unstructured) *unstructured.Unstructured {
	labels := object.GetLabels()
	maps.Copy(labels, v1alpha1.SelectorLabels(s.name, v1alpha1.ComponentOllama))
	labels[v1alpha1.LabelManagedBy] = v1alpha1.ManagedBy
	object.SetLabels(labels)
	return object
}

// foreignChild returns an object with the name of a child, of a random kind. A Secret may have the labels of one, too.
func foreignChild(g generator, s slot) *unstructured.Unstructured {
	name := v1alpha1.ChildName(s.name, pick(g, v1alpha1.ComponentNames()...))
	port := []any{fields{"name": "http", "port": int64(1234)}}
	secret := fields{"stringData": fields{"of": "somebody else"}}
	return pick(
		g,
		newForeign("v1", "ConfigMap", s.namespace, name, fields{"data": fields{"of": "somebody else"}}),
		newForeign("v1", kindSecret, s.namespace, name, maps.Clone(secret)),
		labeled(s, newForeign("v1", kindSecret, s.namespace, name, maps.Clone(secret))),
		newForeign("v1", "Service", s.namespace, name, fields{"spec": fields{"ports": port}}),
		newForeign("networking.k8s.io/v1", "NetworkPolicy", s.namespace, name, fields{"spec": fields{"podSelector": fields{}}}),
		newForeign("gateway.networking.k8s.io/v1", "HTTPRoute", s.namespace, name, fields{"spec": fields{"hostnames": []any{"other.example.com"}}}),
		foreignClaim(s.namespace, name),
	)
}

func foreignClaim(namespace, name string) *unstructured.Unstructured {
	return newForeign("v1", kindClaim, namespace, name, fields{"spec": fields{
		"accessModes": []any{"ReadWriteOnce"}, "resources": fields{"requests": fields{"storage": "1Gi"}},
	}})
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
