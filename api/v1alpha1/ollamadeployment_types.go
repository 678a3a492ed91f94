// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// OllamaDeployment is a stack for language models: Ollama with a list of
// models, and in front of it, if wanted, Open WebUI and Tabby.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=ollamadeployments,singular=ollamadeployment,shortName=ollamadep,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:subresource:scale:specpath=.spec.ollama.replicas,statuspath=.status.ollamaStatus.readyReplicas,selectorpath=.status.selector
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.ready`,description="Ready pods of all wanted pods"
// +kubebuilder:printcolumn:name="Models",type=string,JSONPath=`.spec.ollama.models`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type OllamaDeployment struct {
	metav1.TypeMeta `json:",inline"`

	// Standard Kubernetes metadata. The name is at most 53 characters, starts
	// with a letter and holds only lower case letters, digits and "-", because
	// the Services that belong to the object are named after it.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty" validate:"-"`

	// Desired state of the deployment.
	// +required
	Spec OllamaDeploymentSpec `json:"spec"`

	// Observed state of the deployment. Written by the operator only. A new object
	// is Pending from the start.
	// +optional
	// +kubebuilder:default={phase: Pending}
	Status OllamaDeploymentStatus `json:"status,omitzero" validate:"-"`
}

// OllamaDeploymentList is a list of OllamaDeployments.
//
// +kubebuilder:object:root=true
type OllamaDeploymentList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []OllamaDeployment `json:"items"`
}

// OllamaDeploymentSpec is the desired state of an OllamaDeployment.
type OllamaDeploymentSpec struct {
	// Ollama deployment configuration.
	// +required
	Ollama OllamaSpec `json:"ollama"`

	// Open WebUI deployment configuration. Absent means no Open WebUI.
	// +optional
	OpenWebUI *OpenWebUISpec `json:"openwebui,omitempty"`

	// Tabby deployment configuration. Absent means no Tabby.
	// +optional
	Tabby *TabbySpec `json:"tabby,omitempty"`
}

// Phase is the overall state of an OllamaDeployment in one word.
//
// +kubebuilder:validation:Enum=Pending;Progressing;Ready
type Phase string

const (
	// PhasePending means that no pod of any enabled component is ready.
	PhasePending Phase = "Pending"
	// PhaseProgressing means that some pods are ready, but not all.
	PhaseProgressing Phase = "Progressing"
	// PhaseReady means that all pods of all enabled components are ready.
	PhaseReady Phase = "Ready"
)

// OllamaDeploymentStatus is the observed state of an OllamaDeployment.
type OllamaDeploymentStatus struct {
	// The generation of the spec that this status speaks of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Overall phase: Pending (no pod is ready), Progressing (some are), Ready (all are).
	// +optional
	Phase Phase `json:"phase,omitempty"`

	// Latest observations of the deployment's state. "Ready" sums them up.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Ollama deployment status.
	// +optional
	OllamaStatus *DeploymentComponentStatus `json:"ollamaStatus,omitempty"`

	// Open WebUI deployment status, while it is enabled.
	// +optional
	OpenWebUIStatus *DeploymentComponentStatus `json:"openwebuiStatus,omitempty"`

	// Tabby deployment status, while it is enabled.
	// +optional
	TabbyStatus *DeploymentComponentStatus `json:"tabbyStatus,omitempty"`

	// Number of ready pods of all enabled components.
	// +optional
	ReadyReplicas int32 `json:"readyReplicas"`

	// Number of wanted pods of all enabled components.
	// +optional
	TotalReplicas int32 `json:"totalReplicas"`

	// Ready pods of wanted pods, as "2/3", for the printed table.
	// +optional
	Ready string `json:"ready,omitempty"`

	// Label selector of the Ollama pods, as a string, for the scale subresource.
	// +optional
	Selector string `json:"selector,omitempty"`
}

// DeploymentComponentStatus is the observed state of one component's Deployment.
type DeploymentComponentStatus struct {
	// Number of available pods.
	// +optional
	AvailableReplicas int32 `json:"availableReplicas"`

	// Number of ready pods.
	// +optional
	ReadyReplicas int32 `json:"readyReplicas"`

	// Number of pods that run the latest pod template.
	// +optional
	UpdatedReplicas int32 `json:"updatedReplicas"`

	// Size of the volume for the component's data, as its PersistentVolumeClaim has it.
	// While a growth is under way or was refused, this is less than what was asked for.
	// +optional
	StorageCapacity *resource.Quantity `json:"storageCapacity,omitempty"`

	// The Deployment's own conditions.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}
