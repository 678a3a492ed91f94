// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Object is one child as it has to be.
type Object struct {
	// Kind is the child's kind.
	Kind schema.GroupVersionKind
	// Name is the child's name; its namespace is its owner's.
	Name string
	// Config is what the operator sets of it, and nothing else.
	Config runtime.ApplyConfiguration
	// Alternatives are, of a Deployment, other pod templates that serve the same spec.
	// A Deployment that has one of them keeps it, so that nothing restarts.
	Alternatives []*applycorev1.PodTemplateSpecApplyConfiguration
}

// Objects returns the children of d in the order in which they are applied: what a
// pod mounts stands before the Deployment. Secrets are not among them, because
// their contents are drawn once and not derived; Secrets names them. It returns an error
// if fields of the user cannot be encoded.
func Objects(d *v1alpha1.OllamaDeployment) ([]Object, error) {
	all, err := parts(d)
	var objects []Object
	for _, p := range all {
		objects = append(objects, p.configMap()...)
		objects = append(objects, p.claim()...)
		objects = append(objects, p.serviceObject(), p.deployment())
		objects = append(objects, p.ingressObject()...)
	}
	return objects, err
}
