// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import corev1 "k8s.io/api/core/v1"

// TabbySpec configures Tabby, a code completion server.
type TabbySpec struct {
	// Enable the Tabby deployment. Defaults to false.
	// +optional
	// +kubebuilder:default=false
	Enabled *bool `json:"enabled,omitempty"`

	// Number of Tabby pods, 1 to 5. Defaults to 1.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=5
	Replicas *int32 `json:"replicas,omitempty" validate:"omitnil,min=1,max=5"`

	// Tabby container image, without tag or digest. Defaults to "tabbyml/tabby".
	// +optional
	// +kubebuilder:default="tabbyml/tabby"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Image *string `json:"image,omitempty" validate:"omitnil,min=1,max=255,image_repository"`

	// Tabby image tag: "tag" or "tag@sha256:...". Defaults to "latest".
	// +optional
	// +kubebuilder:default="latest"
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[a-f0-9]{64})?$`
	ImageTag *string `json:"imageTag,omitempty" validate:"omitnil,image_tag"`

	// Resource requests and limits of the Tabby container. "storage" is the size
	// of a volume for its data; without it they are lost with the pod.
	// +optional
	Resources *ResourceRequirements `json:"resources,omitempty"`

	// Settings of the volume for the data, or an existing PersistentVolumeClaim. The size is
	// resources.requests.storage. Defaults to none.
	// +optional
	Storage *StorageSpec `json:"storage,omitempty"`

	// Service configuration. Defaults to type ClusterIP and port 8080.
	// +optional
	Service *ServiceSpec `json:"service,omitempty"`

	// Ingress configuration. Defaults to no ingress.
	// +optional
	Ingress *IngressSpec `json:"ingress,omitempty"`

	// HTTPRoute of the Gateway API, beside the ingress or in its place. Defaults to none.
	// +optional
	Route *RouteSpec `json:"route,omitempty"`

	// Name of the Ollama Service to connect to, or "name.namespace" or
	// "name.namespace.svc" for one in another namespace. Defaults to this object's own,
	// "<name>-ollama".
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	OllamaServiceName *string `json:"ollamaServiceName,omitempty" validate:"omitnil,min=1,max=253,service_name"`

	// Port of the Ollama Service to connect to. For this object's own Ollama it must be
	// ollama.service.port or 11434, which are equivalent. Defaults to
	// ollama.service.port, and follows it until it is set, or to 11434 if
	// ollamaServiceName refers to another Ollama.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	OllamaServicePort *int32 `json:"ollamaServicePort,omitempty" validate:"omitnil,min=1,max=65535"`

	// Ollama model to use for code completion, one of ollama.models unless
	// ollamaServiceName refers to another Ollama. Defaults to the first code model of
	// ollama.models, or else the first model that is not an embedding model, and
	// follows them until it is set.
	// +optional
	ModelName *OllamaModel `json:"modelName,omitempty" validate:"omitnil,ollama_model"`

	// Environment variables for the Tabby container, at most 64. Defaults to none but the
	// operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	EnvVars []corev1.EnvVar `json:"envVars,omitempty" validate:"max=64"`

	// ConfigMaps and Secrets whose keys become environment variables of the Tabby
	// container, at most 64. Variables of the operator and of envVars take precedence.
	// Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=atomic
	EnvFrom []corev1.EnvFromSource `json:"envFrom,omitempty" validate:"max=64"`

	// Volume mounts for the Tabby container, at most 64. Each refers to one of the volumes.
	// Defaults to none but the operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=mountPath
	VolumeMounts []corev1.VolumeMount `json:"volumeMounts,omitempty" validate:"max=64"`

	// Volumes for the Tabby pods, at most 64. Defaults to none but the operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	Volumes []corev1.Volume `json:"volumes,omitempty" validate:"max=64"`

	// Settings of the Tabby pods, such as where they run. Defaults to none but the
	// operator's own.
	// +optional
	Pod *PodSettings `json:"pod,omitempty"`

	// The deprecated form of service.type, which replaces it.
	// +optional
	// +kubebuilder:validation:Enum=ClusterIP;NodePort;LoadBalancer
	ServiceType *corev1.ServiceType `json:"serviceType,omitempty" validate:"omitnil,oneof=ClusterIP NodePort LoadBalancer"`

	// The deprecated form of service.port, which replaces it.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	ServicePort *int32 `json:"servicePort,omitempty" validate:"omitnil,min=1,max=65535"`

	// The deprecated form of ingress.enabled, which replaces it.
	// +optional
	IngressEnabled *bool `json:"ingressEnabled,omitempty"`

	// The deprecated form of ingress.host, which replaces it.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	IngressHost string `json:"ingressHost,omitempty" validate:"omitempty,max=253,ingress_host"`
}
