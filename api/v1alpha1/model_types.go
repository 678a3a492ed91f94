// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ModelUpdatePolicy says when models are pulled again whose tags have moved.
//
// +kubebuilder:validation:Enum=Never;OnRollout;Daily
type ModelUpdatePolicy string

const (
	// ModelUpdateNever pulls a model only where it is missing.
	ModelUpdateNever ModelUpdatePolicy = "Never"
	// ModelUpdateOnRollout pulls all models once after each rollout of Ollama.
	ModelUpdateOnRollout ModelUpdatePolicy = "OnRollout"
	// ModelUpdateDaily pulls all models once a day.
	ModelUpdateDaily ModelUpdatePolicy = "Daily"
)

// ModelRemovalPolicy says what happens to models that are removed from the list.
//
// +kubebuilder:validation:Enum=Delete;Keep
type ModelRemovalPolicy string

const (
	// ModelRemovalDelete deletes the models that were pulled for the list.
	ModelRemovalDelete ModelRemovalPolicy = "Delete"
	// ModelRemovalKeep keeps them.
	ModelRemovalKeep ModelRemovalPolicy = "Keep"
)

// ModelPhase summarizes the state of a model in all running Ollama pods.
//
// +kubebuilder:validation:Enum=Pending;Pulling;Pulled;Failed
type ModelPhase string

const (
	// ModelPending means that some pod lacks the model, or that no pod is known to have it.
	ModelPending ModelPhase = "Pending"
	// ModelPulling means that a pod is pulling the model.
	ModelPulling ModelPhase = "Pulling"
	// ModelPulled means that all running pods have the model, as far as they can be reached.
	ModelPulled ModelPhase = "Pulled"
	// ModelFailed means that a pod failed to pull the model. It is tried again.
	ModelFailed ModelPhase = "Failed"
)

// ModelStatus defines the observed state of a listed model.
type ModelStatus struct {
	// Name of the model, as in the list.
	// +required
	Name OllamaModel `json:"name"`

	// State of the model in all running Ollama pods: Pending, Pulling, Pulled or Failed.
	// +optional
	Phase ModelPhase `json:"phase,omitempty"`

	// Running Ollama pods that have the model, and all of them, as "2/2". Empty if it is
	// not known of any.
	// +optional
	Pods string `json:"pods,omitempty"`

	// Size of the model on disk.
	// +optional
	Size *resource.Quantity `json:"size,omitempty"`

	// Digest of the model's manifest, as Ollama lists it: 64 hexadecimal digits.
	// +optional
	Digest string `json:"digest,omitempty"`

	// Progress of the pull that is the furthest behind, as "43%".
	// +optional
	Progress string `json:"progress,omitempty"`

	// Why the model is not pulled yet, or why its update failed.
	// +optional
	Message string `json:"message,omitempty"`

	// When the model was first seen in the list.
	// +optional
	ListedAt *metav1.Time `json:"listedAt,omitempty"`

	// When the model was last pulled for the list. Empty if it was there before; such a
	// model is never deleted.
	// +optional
	LastPulled *metav1.Time `json:"lastPulled,omitempty"`

	// Whether the registry has another version for the tag than the pods have. Empty if
	// that is not known.
	// +optional
	UpdateAvailable *bool `json:"updateAvailable,omitempty"`
}

// IsMissing reports whether all pods are known to lack the model.
func (m *ModelStatus) IsMissing() bool {
	return m.Digest == "" && strings.HasPrefix(m.Pods, "0/")
}

// IsPulledForList reports whether pods have pulled the model because it is listed, or will have: if all are known
// to lack it and one has it later, it was pulled for the list. Only such a model is deleted when it is removed from
// the list.
func (m *ModelStatus) IsPulledForList() bool {
	return m.LastPulled != nil || m.IsMissing()
}

// RemovedModel is a model that was pulled for the list and removed from it.
type RemovedModel struct {
	// Name of the model, as it was in the list.
	// +required
	Name OllamaModel `json:"name"`

	// When the model was first seen to be removed from the list.
	// +optional
	RemovedAt metav1.Time `json:"removedAt,omitempty"`

	// When the model was first seen in the list.
	// +optional
	ListedAt *metav1.Time `json:"listedAt,omitempty"`

	// When the model was last pulled for the list. Empty if that is not known to have
	// succeeded.
	// +optional
	LastPulled *metav1.Time `json:"lastPulled,omitempty"`
}
