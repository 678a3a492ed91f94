// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// OllamaModel names a model as Ollama does: "[host/][namespace/]model:tag",
// for example "llama2:7b" or "hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M".
// The tag is required.
//
// +kubebuilder:validation:Pattern=`^(([A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}/)?[A-Za-z0-9_][A-Za-z0-9_-]{0,79}/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$`
type OllamaModel string

// Name returns the model's name, whose methods interpret it as Ollama does.
func (m OllamaModel) Name() ollama.ModelName { return ollama.ModelName(m) }

// OllamaSpec configures the Ollama server.
//
// Replicas cannot be increased from 1 while the models are in a ReadWriteOnce claim. This is a
// rule of the schema, because the webhooks are not called for the scale subresource.
//
// +kubebuilder:validation:XValidation:fieldPath=".replicas",rule="!has(oldSelf.replicas) || !has(self.replicas) || oldSelf.replicas != 1 || self.replicas == 1 || has(oldSelf.storage) && has(oldSelf.storage.accessModes) && 'ReadWriteMany' in oldSelf.storage.accessModes || !(has(oldSelf.resources) && (has(oldSelf.resources.requests) && 'storage' in oldSelf.resources.requests || has(oldSelf.resources.limits) && 'storage' in oldSelf.resources.limits)) || !(has(self.resources) && (has(self.resources.requests) && 'storage' in self.resources.requests || has(self.resources.limits) && 'storage' in self.resources.limits))",message="must stay 1 while the models are in a ReadWriteOnce claim; remove storage, or create an OllamaDeployment with another name and the desired replicas",reason="FieldValueForbidden"
type OllamaSpec struct {
	// Number of Ollama pods to run, 1 to 10. Defaults to 1.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10
	Replicas *int32 `json:"replicas,omitempty" validate:"omitnil,min=1,max=10"`

	// Ollama container image, without tag or digest. Defaults to "ollama/ollama".
	// +optional
	// +kubebuilder:default="ollama/ollama"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Image *string `json:"image,omitempty" validate:"omitnil,min=1,max=255,image_repository"`

	// Ollama image tag: "tag" or "tag@sha256:...". Defaults to "latest".
	// +optional
	// +kubebuilder:default="latest"
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[a-f0-9]{64})?$`
	ImageTag *string `json:"imageTag,omitempty" validate:"omitnil,image_tag"`

	// Resource requests and limits of the Ollama container. "storage" is the size
	// of a volume for the models; without it they are lost with the pod. The requests
	// of cpu and memory are each derived if neither a request nor a limit is set.
	// Defaults to requests of 500m cpu and the memory that the largest model needs
	// with the settings (2Gi if no tag contains a size), without limits.
	// +optional
	Resources *ResourceRequirements `json:"resources,omitempty"`

	// Settings of the volume for the models, or an existing PersistentVolumeClaim. The size is
	// resources.requests.storage. Defaults to none.
	// +optional
	Storage *StorageSpec `json:"storage,omitempty"`

	// List of models to deploy, each as "model:tag", at most 100. Changes of the list
	// do not restart Ollama: models that are added are pulled, and models that are removed
	// are deleted as modelRemovalPolicy says. Tabby restarts if the
	// list gives it another model.
	// +required
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	Models []OllamaModel `json:"models" validate:"required,min=1,max=100,dive,ollama_model"`

	// When to pull models again whose tags have moved to another version: Never,
	// OnRollout (once after each rollout of Ollama) or Daily. Pods are not restarted for
	// it. Defaults to "Never".
	// +optional
	// +kubebuilder:default=Never
	ModelUpdatePolicy *ModelUpdatePolicy `json:"modelUpdatePolicy,omitempty" validate:"omitnil,oneof=Never OnRollout Daily"`

	// What happens to models that are removed from the list: Delete deletes those that
	// were pulled for the list, Keep keeps them. Defaults to "Delete".
	// +optional
	// +kubebuilder:default=Delete
	ModelRemovalPolicy *ModelRemovalPolicy `json:"modelRemovalPolicy,omitempty" validate:"omitnil,oneof=Delete Keep"`

	// Registries that models are pulled from. Defaults to none: each model is pulled from the
	// registry in its name, by HTTPS.
	// +optional
	Source *ModelSource `json:"source,omitempty"`

	// Secret with the SSH key by which Ollama is known to registries: private models of
	// Hugging Face, and registries that ask for a key. Defaults to none: each pod makes a
	// key of its own.
	// +optional
	IdentitySecretRef *IdentityReference `json:"identitySecretRef,omitempty"`

	// Images with models, which are mounted read-only and linked into the folder of the
	// models, at most 16. Of a model that several have, the first counts. A listed model that
	// an image has is not pulled. Changing them restarts Ollama. Requires Kubernetes 1.35.
	// Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=reference
	ModelImages []ModelImage `json:"modelImages,omitempty" validate:"max=16,dive"`

	// Settings of the Ollama server, such as the context length. Defaults to none: Ollama's
	// own.
	// +optional
	Settings *OllamaSettings `json:"settings,omitempty"`

	// Environment variables for the Ollama container, at most 64. Defaults to none but the
	// operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	EnvVars []corev1.EnvVar `json:"envVars,omitempty" validate:"max=64"`

	// ConfigMaps and Secrets whose keys become environment variables of the Ollama
	// container, at most 64. Variables of the operator and of envVars take precedence.
	// Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=atomic
	EnvFrom []corev1.EnvFromSource `json:"envFrom,omitempty" validate:"max=64"`

	// Volume mounts for the Ollama container, at most 64. Each refers to one of the volumes.
	// Defaults to none but the operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=mountPath
	VolumeMounts []corev1.VolumeMount `json:"volumeMounts,omitempty" validate:"max=64"`

	// Volumes for the Ollama pods, at most 64. Defaults to none but the operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	Volumes []corev1.Volume `json:"volumes,omitempty" validate:"max=64"`

	// Settings of the Ollama pods, such as where they run. Defaults to none but the
	// operator's own.
	// +optional
	Pod *PodSettings `json:"pod,omitempty"`

	// Service configuration. Defaults to type ClusterIP and port 11434.
	// +optional
	Service *ServiceSpec `json:"service,omitempty"`

	// The deprecated form of service.type, which replaces it.
	// +optional
	// +kubebuilder:validation:Enum=ClusterIP;NodePort;LoadBalancer
	ServiceType *corev1.ServiceType `json:"serviceType,omitempty" validate:"omitnil,oneof=ClusterIP NodePort LoadBalancer"`

	// The deprecated form of service.port, which replaces it.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	ServicePort *int32 `json:"servicePort,omitempty" validate:"omitnil,min=1,max=65535"`
}
