// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package plan predicts what the operator does when an OllamaDeployment changes: which children it writes, which
// pods it restarts and why, what is not reachable meanwhile, and which models are pulled. It is pure, so that
// admission, the command line and tests say the same.
package plan

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An Action is what happens to an object, a child or an address.
type Action string

const (
	// Unchanged means that nothing is written.
	Unchanged Action = "unchanged"
	// Created means that the object does not exist yet.
	Created Action = "created"
	// Changed means that the object is changed in place.
	Changed Action = "changed"
	// Recreated means that the object is deleted and created again.
	Recreated Action = "recreated"
	// Deleted means that the object is deleted.
	Deleted Action = "deleted"
	// Retained means that the object is no longer used, and stays, as claims with data do.
	Retained Action = "retained"
)

// A Plan predicts what a change of one object does.
type Plan struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Action is what happens to the object: Unchanged, Created, Changed or Deleted.
	Action Action `json:"action"`
	// Paused reports whether the operator leaves the children alone, because spec.paused is true: only Fields change.
	Paused bool `json:"paused,omitempty"`
	// Fields are the fields of the spec that change, as they are stored, in the order of their paths.
	Fields []Field `json:"fields,omitempty"`
	// Components are those with an effect on pods, in the usual order.
	Components []Component `json:"components,omitempty"`
	// Children are those that are written, deleted or retained, in the order in which they are applied.
	Children []Child `json:"children,omitempty"`
	// Models are the listed models with an effect, in the order of the list, and then the removed ones.
	Models []Model `json:"models,omitempty"`
	// Addresses are those that change.
	Addresses []Address `json:"addresses,omitempty"`
	// Claims are those whose size or use changes.
	Claims []Claim `json:"claims,omitempty"`
}

// A Field is a field of the spec that changes.
type Field struct {
	// Path is the JSON path, such as spec.ollama.replicas.
	Path string `json:"path"`
	// Before and After are the values; absent if the field is.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	// Derived reports whether the value follows from other fields.
	Derived bool `json:"derived,omitempty"`
}

// An Effect is what happens to the pods of a component.
type Effect string

const (
	// Starts means that the component has had no pods.
	Starts Effect = "starts"
	// Restarts means that all pods are replaced.
	Restarts Effect = "restarts"
	// Scales means that pods are added or removed, and the others stay.
	Scales Effect = "scales"
	// Stops means that all pods are deleted.
	Stops Effect = "stops"
)

// A Component says what happens to the pods of a component.
type Component struct {
	Name   v1alpha1.ComponentName `json:"name"`
	Effect Effect                 `json:"effect"`
	// Because are the fields of the spec that cause it. They are empty if the spec does not: the children differ
	// from what this version of the operator renders.
	Because []string `json:"because,omitempty"`
	// Differences are what changes of the pods, such as "containers[ollama].image", without values.
	Differences []string `json:"differences,omitempty"`
	// ReplicasBefore and ReplicasAfter are the desired pods; 0 if the component is not enabled.
	ReplicasBefore int32 `json:"replicasBefore"`
	ReplicasAfter  int32 `json:"replicasAfter"`
	// Downtime says why no pod serves meanwhile, as a clause; "" if pods serve all the time.
	Downtime string `json:"downtime,omitempty"`
}

// A Child is a child that is written, deleted or retained.
type Child struct {
	Component v1alpha1.ComponentName  `json:"component"`
	GVK       schema.GroupVersionKind `json:"-"`
	Kind      string                  `json:"kind"`
	Name      string                  `json:"name"`
	Action    Action                  `json:"action"`
	// Before and After are the fields that the operator applies; absent if there is no child. They have neither
	// owner references nor what depends on the content of Secrets.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// A ModelEffect is what happens to a model.
type ModelEffect string

const (
	// Pulled means that pods pull a model that they do not have.
	Pulled ModelEffect = "pulled"
	// PulledOrInImage means that pods pull a model, unless one of their images has it.
	PulledOrInImage ModelEffect = "pulled or in an image"
	// PulledIfMoved means that pods pull a model that they have, which costs little unless its tag has moved.
	PulledIfMoved ModelEffect = "pulled if moved"
	// PulledAnew means that new pods pull a model that those that they replace have.
	PulledAnew ModelEffect = "pulled anew"
	// Removed means that the operator deletes a model that it had pulled.
	Removed ModelEffect = "removed"
	// Kept means that a model is no longer listed, and stays.
	Kept ModelEffect = "kept"
)

// A Model says what happens to a model.
type Model struct {
	Name   string      `json:"name"`
	Effect ModelEffect `json:"effect"`
	// Bytes is its size; 0 if it is not known.
	Bytes int64 `json:"bytes,omitempty"`
}

// An Address is one by which a component is reached.
type Address struct {
	Component v1alpha1.ComponentName `json:"component"`
	Action    Action                 `json:"action"`
	// Before and After are the addresses, such as "http://chat.example.com" or "LoadBalancer port 80"; "" if there is
	// none.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// A Claim is a PersistentVolumeClaim whose size or use changes.
type Claim struct {
	Component v1alpha1.ComponentName `json:"component"`
	Name      string                 `json:"name"`
	// Action is Created, Changed if it grows, or Retained.
	Action Action `json:"action"`
	// Before and After are the sizes; "" if there is none.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}
