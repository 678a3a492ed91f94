// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// OllamaDeployment deploys large language models with Ollama and, optionally, Open WebUI
// and Tabby.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=ollamadeployments,singular=ollamadeployment,shortName=ollamadep,scope=Namespaced
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
type OllamaDeployment struct {
	metav1.TypeMeta `json:",inline"`

	// Standard Kubernetes metadata. The name must have at most 53 characters, start with
	// a letter and contain only lower case letters, digits and "-", because the names of
	// Services are derived from it.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty" validate:"-"`

	// Desired state of the deployment.
	// +required
	Spec OllamaDeploymentSpec `json:"spec"`

	// Observed state of the deployment. Written by the operator only. New objects are
	// Pending.
	// +optional
	// +kubebuilder:default={phase: Pending}
	Status OllamaDeploymentStatus `json:"status,omitzero" validate:"-"`
}

// OllamaDeploymentList contains a list of OllamaDeployments.
//
// +kubebuilder:object:root=true
type OllamaDeploymentList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []OllamaDeployment `json:"items"`
}

// OllamaDeploymentSpec defines the desired state of an OllamaDeployment.
type OllamaDeploymentSpec struct {
	// Ollama deployment configuration.
	// +required
	Ollama OllamaSpec `json:"ollama"`

	// Open WebUI deployment configuration. Open WebUI is not deployed if it is absent.
	// +optional
	OpenWebUI *OpenWebUISpec `json:"openwebui,omitempty"`

	// Tabby deployment configuration. Tabby is not deployed if it is absent.
	// +optional
	Tabby *TabbySpec `json:"tabby,omitempty"`

	// Privileges of all pods. Defaults to profile Baseline.
	// +optional
	Security *SecuritySpec `json:"security,omitempty"`

	// Certificate authorities that all pods trust beside those of their images. Defaults to
	// none.
	// +optional
	Trust *TrustSpec `json:"trust,omitempty"`

	// Network policies of the components. Defaults to none.
	// +optional
	NetworkPolicy *NetworkPolicySpec `json:"networkPolicy,omitempty"`

	// Stop the operator from creating, changing and deleting anything for this object, and
	// from pulling and deleting models. Pods go on, and the status says what is not applied.
	// All of it is applied at once when the field is removed. Defaults to false.
	// +optional
	Paused *bool `json:"paused,omitempty"`
}

// Phase summarizes the state of an OllamaDeployment.
//
// +kubebuilder:validation:Enum=Pending;Progressing;Ready
type Phase string

const (
	// PhasePending means that no pods are ready.
	PhasePending Phase = "Pending"
	// PhaseProgressing means that some pods are ready, but not all.
	PhaseProgressing Phase = "Progressing"
	// PhaseReady means that all pods of all enabled components are ready.
	PhaseReady Phase = "Ready"
)

// OllamaDeploymentStatus defines the observed state of an OllamaDeployment.
type OllamaDeploymentStatus struct {
	// Generation of the spec that the status was computed from.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Overall phase: Pending (no pod is ready), Progressing (some are), Ready (all are).
	// +optional
	Phase Phase `json:"phase,omitempty"`

	// Conditions of the deployment. "Ready" summarizes them.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Ollama deployment status.
	// +optional
	OllamaStatus *DeploymentComponentStatus `json:"ollamaStatus,omitempty"`

	// Open WebUI deployment status, if it is enabled.
	// +optional
	OpenWebUIStatus *DeploymentComponentStatus `json:"openwebuiStatus,omitempty"`

	// Tabby deployment status, if it is enabled.
	// +optional
	TabbyStatus *DeploymentComponentStatus `json:"tabbyStatus,omitempty"`

	// Number of ready pods of all enabled components.
	// +optional
	ReadyReplicas int32 `json:"readyReplicas"`

	// Number of desired pods of all enabled components.
	// +optional
	TotalReplicas int32 `json:"totalReplicas"`

	// Ready and desired pods, as "2/3", for kubectl get.
	// +optional
	Ready string `json:"ready,omitempty"`

	// Listed models, in the order of the list.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=100
	Models []ModelStatus `json:"models,omitempty"`

	// Models that all Ollama pods have, and listed models, as "2/3", for kubectl get.
	// +optional
	ModelsReady string `json:"modelsReady,omitempty"`

	// Models that were removed from the list and are still to be deleted from the pods.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=200
	RemovedModels []RemovedModel `json:"removedModels,omitempty"`

	// Last value of the annotation llm.geeper.io/refresh-models for which all models
	// were pulled again.
	// +optional
	LastModelRefresh string `json:"lastModelRefresh,omitempty"`

	// Address that people open: that of Open WebUI, or else that of Tabby.
	// +optional
	URL string `json:"url,omitempty"`

	// Label selector of the Ollama pods, for the scale subresource.
	// +optional
	Selector string `json:"selector,omitempty"`
}

// DeploymentComponentStatus defines the observed state of a component.
type DeploymentComponentStatus struct {
	// Number of available pods.
	// +optional
	AvailableReplicas int32 `json:"availableReplicas"`

	// Number of ready pods.
	// +optional
	ReadyReplicas int32 `json:"readyReplicas"`

	// Number of pods that have the latest pod template.
	// +optional
	UpdatedReplicas int32 `json:"updatedReplicas"`

	// Address of the component from outside the cluster: that of its ingress, or else of its
	// route, or else of its load balancer.
	// +optional
	URL string `json:"url,omitempty"`

	// Actual size of the component's PersistentVolumeClaim. It is less than the request
	// while the volume is being expanded, and if the expansion was rejected.
	// +optional
	StorageCapacity *resource.Quantity `json:"storageCapacity,omitempty"`

	// Conditions of the Deployment.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}
