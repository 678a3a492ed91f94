// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// planAlias returns the plan of the OllamaDeployment that the operator maintains for an object of the deprecated kind.
func (a *applier) planAlias(ctx context.Context, c *objectClient, o manifest.Object, alias *v1alpha1.OllamaDeployment) (plannedObject, error) {
	owned, err := c.stored(ctx, resource, o.Name)
	if err != nil {
		return plannedObject{}, err
	}
	if owned == nil {
		return a.compute(ctx, nil, ownedBy(alias, nil), &o, a.children)
	}
	old := owned.OllamaDeployment
	if !isAliased(old) {
		a.note("%s is not maintained for the object of the deprecated kind, so the apply would change nothing of it", check.DisplayName(o))
		old.DefaultUpdate(old.DeepCopy())
		return a.compute(ctx, old, old, &o, a.children)
	}
	targets, err := a.children.scaleTargets(ctx, c.namespace)
	if err != nil {
		return plannedObject{}, err
	}
	if targets.scales(o.Name) {
		alias.Spec.Ollama.Replicas = old.Spec.Ollama.Replicas
	}
	return a.compute(ctx, old, ownedBy(alias, old), &o, a.children)
}

// ownedBy returns the OllamaDeployment that the operator maintains for the object of the deprecated kind, in place of the old
// one.
func ownedBy(alias, old *v1alpha1.OllamaDeployment) *v1alpha1.OllamaDeployment {
	d := maintained(alias)
	if old == nil {
		d.ObjectMeta = metav1.ObjectMeta{Namespace: alias.Namespace, Name: alias.Name, Labels: alias.Labels, DeletionTimestamp: alias.DeletionTimestamp}
		d.Status = v1alpha1.OllamaDeploymentStatus{}
		d.Default()
		return d
	}
	after := old.DeepCopy()
	after.Spec = d.Spec
	if after.DeletionTimestamp == nil {
		after.DeletionTimestamp = alias.DeletionTimestamp
	}
	after.DefaultUpdate(old)
	return after
}
