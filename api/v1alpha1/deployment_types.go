// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Deployment is the deprecated name of OllamaDeployment; both have the same spec. The
// operator maintains an OllamaDeployment of the same name for it and mirrors its status.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=deployments,singular=deployment,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:subresource:scale:specpath=.spec.ollama.replicas,statuspath=.status.ollamaStatus.readyReplicas,selectorpath=.status.selector
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.ready`,description="Ready and desired pods"
// +kubebuilder:printcolumn:name="Models",type=string,JSONPath=`.status.modelsReady`,description="Models that all Ollama pods have, and listed models"
// +kubebuilder:printcolumn:name="Names",type=string,JSONPath=`.spec.ollama.models`,priority=1,description="Listed models"
// +kubebuilder:printcolumn:name="URL",type=string,JSONPath=`.status.url`,priority=1,description="Address that people open"
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Deployment struct {
	metav1.TypeMeta `json:",inline"`

	// Standard Kubernetes metadata. The name is restricted as that of an OllamaDeployment.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty" validate:"-"`

	// Desired state of the OllamaDeployment.
	// +required
	Spec OllamaDeploymentSpec `json:"spec"`

	// Observed state of the OllamaDeployment. Written by the operator only.
	// +optional
	// +kubebuilder:default={phase: Pending}
	Status OllamaDeploymentStatus `json:"status,omitzero" validate:"-"`
}

// AsOllamaDeployment returns the object as an OllamaDeployment, without copying it.
func (d *Deployment) AsOllamaDeployment() *OllamaDeployment { return (*OllamaDeployment)(d) }

// DeploymentList contains a list of Deployments.
//
// +kubebuilder:object:root=true
type DeploymentList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Deployment `json:"items"`
}
