// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// A childKey identifies a child of one object.
type childKey struct {
	gvk  schema.GroupVersionKind
	name string
}

// A child is what the operator applies of a child.
type child struct {
	childKey
	config runtime.ApplyConfiguration
	// data is the configuration as JSON. A brief plan has it only of Deployments.
	data []byte
}

// children are those of an object, in the order in which they are applied.
type children []child

// find returns the child, false if there is none.
func (c children) find(key childKey) (child, bool) {
	i := slices.IndexFunc(c, func(one child) bool { return one.childKey == key })
	if i < 0 {
		return child{}, false
	}
	return c[i], true
}

// deployment returns the configuration of the Deployment of the name, nil if there is none.
func (c children) deployment(name string) *applyappsv1.DeploymentApplyConfiguration {
	found, _ := c.find(childKey{render.KindDeployment, name})
	config, _ := found.config.(*applyappsv1.DeploymentApplyConfiguration)
	return config
}

func (u *update) newChild(key childKey, config runtime.ApplyConfiguration) (child, error) {
	if u.Brief && key.gvk != render.KindDeployment {
		return child{childKey: key, config: config}, nil
	}
	data, err := json.Marshal(config)
	if err != nil {
		return child{}, fmt.Errorf("encoding %s %q: %w", key.gvk.Kind, key.name, err)
	}
	return child{key, config, data}, nil
}

// applied returns the live children as the operator has applied them.
func (u *update) applied() (children, error) {
	var out children
	for key, live := range u.live {
		if live.Applied == nil {
			continue
		}
		one, err := u.newChild(key, live.Applied)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// wanted returns what the operator applies for the object, beside the live children.
func (u *update) wanted(d *v1alpha1.OllamaDeployment) (children, error) {
	objects, err := render.Objects(d, u.Options)
	if err != nil {
		return nil, err
	}
	var out children
	for _, object := range objects {
		if slices.Contains(u.Absent, object.Kind) {
			continue
		}
		key := childKey{object.Kind, object.Name}
		if live, found := u.live[key]; found {
			object.Keep(d, live.Keep)
			u.keepReplicas(object, live)
		}
		one, err := u.newChild(key, object.Config)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// keepReplicas leaves the replicas of a Deployment to its autoscaler, as the reconciler does: it goes on applying
// them until the autoscaler first sets them.
func (u *update) keepReplicas(object render.Object, live Live) {
	wanted, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration)
	applied, _ := live.Applied.(*applyappsv1.DeploymentApplyConfiguration)
	if !ok || applied == nil || applied.Spec == nil {
		return
	}
	autoscaled := slices.ContainsFunc(u.Autoscaled, func(c v1alpha1.ComponentName) bool { return v1alpha1.ChildName(u.name(), c) == object.Name })
	switch {
	case applied.Spec.Replicas == nil && (autoscaled || !u.AutoscaledKnown):
		wanted.Spec.Replicas = nil
	case autoscaled:
		wanted.Spec.Replicas = live.Replicas
	}
}

// name returns the name of the object.
func (u *update) name() string {
	if u.New != nil {
		return u.New.Name
	}
	return u.Old.Name
}

// equals reports whether applying after changes nothing of before.
func (c child) equals(after child) (bool, error) {
	if bytes.Equal(c.data, after.data) {
		return true, nil
	}
	was, err := c.tree()
	if err != nil {
		return false, err
	}
	is, err := after.tree()
	return reflect.DeepEqual(was, is), err
}

// tree returns the configuration with the defaults that the API server sets in lists that are applied as a whole, and
// without the UIDs of owners, which offline nobody knows.
func (c child) tree() (map[string]any, error) {
	parsed, err := parse(c.data)
	if err != nil {
		return nil, err
	}
	tree, _ := parsed.(map[string]any)
	setDefaults(tree)
	metadata, _ := tree["metadata"].(map[string]any)
	owners, _ := metadata["ownerReferences"].([]any)
	for _, owner := range owners {
		if fields, ok := owner.(map[string]any); ok {
			delete(fields, "uid")
		}
	}
	return tree, nil
}

// printed returns the tree as a Plan has it: without owners.
func (c child) printed() (json.RawMessage, error) {
	tree, err := c.tree()
	if err != nil {
		return nil, err
	}
	if metadata, ok := tree["metadata"].(map[string]any); ok {
		delete(metadata, "ownerReferences")
	}
	return json.Marshal(tree)
}

// setDefaults sets the defaults of fields within lists that are applied as a whole: the sources of projected volumes
// and the ports of network policies.
//
// Source: kubernetes, pkg/apis/core/v1/defaults.go (ObjectFieldSelector, ServiceAccountTokenProjection) and
// pkg/apis/networking/v1/defaults.go (NetworkPolicyPort).
func setDefaults(value any) {
	switch at := value.(type) {
	case []any:
		for _, entry := range at {
			setDefaults(entry)
		}
	case map[string]any:
		for name, below := range at {
			fields, _ := below.(map[string]any)
			switch {
			case name == "fieldRef" && fields != nil && fields["apiVersion"] == nil:
				fields["apiVersion"] = "v1"
			case name == "serviceAccountToken" && fields != nil && fields["expirationSeconds"] == nil:
				fields["expirationSeconds"] = json.Number("3600")
			case name == "ports":
				setProtocols(below)
			}
			setDefaults(below)
		}
	}
}

func setProtocols(ports any) {
	list, _ := ports.([]any)
	for _, port := range list {
		if fields, ok := port.(map[string]any); ok && fields["protocol"] == nil {
			fields["protocol"] = "TCP"
		}
	}
}
