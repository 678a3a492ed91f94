// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// Kind names the kind that the operator reconciles.
	Kind = "OllamaDeployment"
	// KindAlias names the deprecated kind.
	KindAlias = "Deployment"
)

var (
	// GroupVersion identifies the group and version of the types in this package.
	GroupVersion = schema.GroupVersion{Group: "llm.geeper.io", Version: "v1alpha1"}

	// SchemeBuilder collects the functions that register this package's types.
	SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme registers this package's types.
	AddToScheme = SchemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &OllamaDeployment{}, &OllamaDeploymentList{}, &Deployment{}, &DeploymentList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
