// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An Object describes the desired state of a child.
type Object struct {
	Kind schema.GroupVersionKind
	// Name of the child, in the namespace of its owner.
	Name string
	// Config contains the fields that the operator sets.
	Config runtime.ApplyConfiguration
	// Alternatives lists equivalent pod templates of a Deployment. If the Deployment has one of
	// them, it is preserved, so that no pods are restarted.
	Alternatives []*applycorev1.PodTemplateSpecApplyConfiguration
}

// Options contains what children depend on beside the object.
type Options struct {
	// OperatorNamespace is the namespace of the operator's pods, which network policies let reach Ollama;
	// "" means that the operator has no pods.
	OperatorNamespace string
}

// Objects returns the children of d in the order in which they are applied: objects that pods
// mount, and the policy of their network, precede the Deployment. It does not include Secrets, whose random values are generated
// once; see Secrets. It returns an error if fields of the user cannot be encoded.
func Objects(d *v1alpha1.OllamaDeployment, opts Options) ([]Object, error) {
	all, err := parts(d)
	var objects []Object
	for _, p := range all {
		objects = append(objects, p.configMap()...)
		objects = append(objects, p.persistentVolumeClaim()...)
		objects = append(objects, p.networkPolicy(opts.OperatorNamespace)...)
		objects = append(objects, p.serviceObject(), p.deployment())
		objects = append(objects, p.ingressObject()...)
		objects = append(objects, p.routeObject()...)
		objects = append(objects, p.disruptionBudget()...)
	}
	return objects, err
}
