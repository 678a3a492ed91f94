// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import corev1 "k8s.io/api/core/v1"

// ModelImage is an OCI image with models.
type ModelImage struct {
	// Image, as "name:tag", "name@sha256:..." or both. Its folder /models is laid out as
	// Ollama's own, with the folders "manifests" and "blobs".
	// +required
	// +kubebuilder:validation:MaxLength=512
	Reference string `json:"reference" validate:"max=512,image_reference"`

	// When the image is pulled: Always, IfNotPresent or Never. Defaults to Kubernetes' own:
	// "Always" for the tag latest, else "IfNotPresent".
	// +optional
	// +kubebuilder:validation:Enum=Always;IfNotPresent;Never
	PullPolicy *corev1.PullPolicy `json:"pullPolicy,omitempty" validate:"omitnil,oneof=Always IfNotPresent Never"`
}

// Names and paths in Ollama's pods that have images with models.
const (
	// ModelImageVolumePrefix begins the names of the images' volumes.
	ModelImageVolumePrefix = "llm-operator-image-"
	// ModelImagesPath names the directory below which the images are mounted.
	ModelImagesPath = "/var/lib/llm-operator/images"
)
