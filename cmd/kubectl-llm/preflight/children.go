// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// Children holds the live children of all objects, reduced to what a plan reads.
type Children struct {
	of map[types.NamespacedName][]child
	// absent are the kinds that the cluster does not have.
	absent []schema.GroupVersionKind
}

// A child has the UID of its controller, "" if it has none.
type child struct {
	live       plan.Live
	controller types.UID
}

// Add adds a live child. It fails if what the operator has applied of it cannot be read.
func (c *Children) Add(object runtime.Object) error {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return fmt.Errorf("reading a child: %w", err)
	}
	live, err := plan.LiveOf(object)
	if err != nil {
		return err
	}
	one := child{live: live}
	if controller := metav1.GetControllerOfNoCopy(accessor); controller != nil {
		one.controller = controller.UID
	}
	if c.of == nil {
		c.of = map[types.NamespacedName][]child{}
	}
	owner := types.NamespacedName{Namespace: accessor.GetNamespace(), Name: accessor.GetLabels()[v1alpha1.LabelOwner]}
	c.of[owner] = append(c.of[owner], one)
	return nil
}

// AddAbsent adds a kind that the cluster does not have.
func (c *Children) AddAbsent(kind schema.GroupVersionKind) { c.absent = append(c.absent, kind) }

// Merge returns the children of all sets.
func Merge(sets []Children) Children {
	out := Children{of: map[types.NamespacedName][]child{}}
	for _, set := range sets {
		for owner, children := range set.of {
			out.of[owner] = append(out.of[owner], children...)
		}
		out.absent = append(out.absent, set.absent...)
	}
	return out
}

// live returns the children of the object that nothing else controls, not nil. Secrets are not among them: a plan
// takes those for existing that the object needs.
func (c *Children) live(d *v1alpha1.OllamaDeployment) []plan.Live {
	found := c.of[types.NamespacedName{Namespace: d.Namespace, Name: d.Name}]
	out := make([]plan.Live, 0, len(found))
	for _, one := range found {
		if one.controller == "" || one.controller == d.UID {
			out = append(out, one.live)
		}
	}
	return out
}
