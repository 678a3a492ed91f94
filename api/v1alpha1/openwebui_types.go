// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import corev1 "k8s.io/api/core/v1"

// OpenWebUISpec configures Open WebUI, a chat interface in the browser.
type OpenWebUISpec struct {
	// Enable the Open WebUI deployment. Defaults to false.
	// +optional
	// +kubebuilder:default=false
	Enabled *bool `json:"enabled,omitempty"`

	// Number of Open WebUI pods, 1 to 5. Defaults to 1.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=5
	Replicas *int32 `json:"replicas,omitempty" validate:"omitnil,min=1,max=5"`

	// Open WebUI container image, without tag or digest. Defaults to
	// "ghcr.io/open-webui/open-webui".
	// +optional
	// +kubebuilder:default="ghcr.io/open-webui/open-webui"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Image *string `json:"image,omitempty" validate:"omitnil,min=1,max=255,image_repository"`

	// Open WebUI image tag: "tag" or "tag@sha256:...". Defaults to "main".
	// +optional
	// +kubebuilder:default="main"
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[a-f0-9]{64})?$`
	ImageTag *string `json:"imageTag,omitempty" validate:"omitnil,image_tag"`

	// Resource requests and limits of the Open WebUI container. "storage" is the
	// size of a volume for its data; without it they are lost with the pod.
	// +optional
	Resources *ResourceRequirements `json:"resources,omitempty"`

	// Settings of the volume for the data, or an existing PersistentVolumeClaim. The size is
	// resources.requests.storage. Defaults to none.
	// +optional
	Storage *StorageSpec `json:"storage,omitempty"`

	// Environment variables for the Open WebUI container, at most 64. Defaults to none but the
	// operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	EnvVars []corev1.EnvVar `json:"envVars,omitempty" validate:"max=64"`

	// ConfigMaps and Secrets whose keys become environment variables of the Open WebUI
	// container, at most 64. Variables of the operator and of envVars take precedence.
	// Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=atomic
	EnvFrom []corev1.EnvFromSource `json:"envFrom,omitempty" validate:"max=64"`

	// Volume mounts for the Open WebUI container, at most 64. Each refers to one of the volumes.
	// Defaults to none but the operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=mountPath
	VolumeMounts []corev1.VolumeMount `json:"volumeMounts,omitempty" validate:"max=64"`

	// Volumes for the Open WebUI pods, at most 64. Defaults to none but the operator's own.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	Volumes []corev1.Volume `json:"volumes,omitempty" validate:"max=64"`

	// Settings of the Open WebUI pods, such as where they run. Defaults to none but the
	// operator's own.
	// +optional
	Pod *PodSettings `json:"pod,omitempty"`

	// Service configuration. Defaults to type ClusterIP and port 8080.
	// +optional
	Service *ServiceSpec `json:"service,omitempty"`

	// Ingress configuration. Defaults to no ingress.
	// +optional
	Ingress *IngressSpec `json:"ingress,omitempty"`

	// HTTPRoute of the Gateway API, beside the ingress or in its place. Defaults to none.
	// +optional
	Route *RouteSpec `json:"route,omitempty"`

	// External database, which several replicas need. When the image or the database changes,
	// all pods are stopped, and one pod migrates the database before the others start.
	// Defaults to none: an SQLite database in the data of each pod.
	// +optional
	Database *DatabaseSpec `json:"database,omitempty"`

	// Redis server that the pods share sessions and websockets through, which several
	// replicas need. Defaults to none.
	// +optional
	Redis *RedisSpec `json:"redis,omitempty"`

	// Model that new chats begin with, one of ollama.models. Open WebUI reads it when it starts
	// for the first time; administrators may change it later. Defaults to none: users choose.
	// +optional
	DefaultModel *OllamaModel `json:"defaultModel,omitempty" validate:"omitnil,ollama_model"`

	// Whether people may create accounts of their own. Open WebUI reads it when it starts for
	// the first time, and turns sign-up off by itself when the first account is created, that
	// of the administrator, who may change it later. Defaults to none, which is Open WebUI's
	// true.
	// +optional
	SignUp *bool `json:"signUp,omitempty"`

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
