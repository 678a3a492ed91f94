// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// PodSettings configures the pods of a component: where they run, and with what.
type PodSettings struct {
	// Labels for the pods, at most 64, in addition to the operator's own. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Labels map[string]string `json:"labels,omitempty" validate:"max=64"`

	// Annotations for the pods, at most 64, in addition to the operator's own. Defaults to
	// none.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty" validate:"max=64"`

	// Labels that nodes must have, at most 64. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	NodeSelector map[string]string `json:"nodeSelector,omitempty" validate:"max=64"`

	// Taints of nodes that the pods tolerate, at most 64. Those that are named after a device
	// in the limits, such as nvidia.com/gpu, are tolerated anyway. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=atomic
	Tolerations []corev1.Toleration `json:"tolerations,omitempty" validate:"max=64"`

	// Preferences and requirements for nodes, and for other pods on them. Defaults to none.
	// +optional
	Affinity *corev1.Affinity `json:"affinity,omitempty" validate:"-"`

	// How the pods are spread, at most 16. Without a labelSelector the pods of the
	// component are counted. Defaults to spreading them over nodes where possible.
	// +optional
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=topologyKey
	// +listMapKey=whenUnsatisfiable
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty" validate:"max=16"`

	// Name of the PriorityClass. Defaults to the cluster's default class.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	PriorityClassName *string `json:"priorityClassName,omitempty" validate:"omitnil,min=1,max=253"`

	// Name of the RuntimeClass, such as nvidia. Defaults to the default runtime of the node.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	RuntimeClassName *string `json:"runtimeClassName,omitempty" validate:"omitnil,min=1,max=253"`

	// Secrets with the credentials for private registries of images, at most 64. Defaults to
	// none.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitempty" validate:"max=64"`

	// When images are pulled: Always, IfNotPresent or Never. Defaults to "IfNotPresent",
	// so that a crashed container restarts without its registry.
	// +optional
	// +kubebuilder:validation:Enum=Always;IfNotPresent;Never
	ImagePullPolicy *corev1.PullPolicy `json:"imagePullPolicy,omitempty" validate:"omitnil,oneof=Always IfNotPresent Never"`

	// Name of the ServiceAccount, whose token is mounted then. Rejected unless the operator
	// runs with --allow-service-accounts. Defaults to the ServiceAccount "default" of the
	// namespace, whose token is not mounted.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ServiceAccountName *string `json:"serviceAccountName,omitempty" validate:"omitnil,min=1,max=253"`

	// Seconds from the deletion of a pod until its containers are killed, 1 to 86400.
	// Ollama completes running responses in this time. Defaults to 30.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=86400
	TerminationGracePeriodSeconds *int64 `json:"terminationGracePeriodSeconds,omitempty" validate:"omitnil,min=1,max=86400"`

	// Devices that the pods claim by dynamic resource allocation, at most 32. They are given
	// to the component's own container. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=32
	// +listType=map
	// +listMapKey=name
	ResourceClaims []corev1.PodResourceClaim `json:"resourceClaims,omitempty" validate:"max=32"`

	// Security context of the pods, merged over the operator's. What exceeds the Pod
	// Security level baseline is rejected unless the operator runs with
	// --allow-privileged-pods. Defaults to the seccomp profile RuntimeDefault.
	// +optional
	SecurityContext *corev1.PodSecurityContext `json:"securityContext,omitempty" validate:"-"`
}

// HasDevices reports whether the settings may give the pods devices. Nil settings do not.
func (s *PodSettings) HasDevices() bool {
	return s.ClaimsDevices() || s != nil && s.RuntimeClassName != nil
}

// ClaimsDevices reports whether the pods claim devices by Dynamic Resource Allocation. Nil settings do not.
func (s *PodSettings) ClaimsDevices() bool { return s != nil && len(s.ResourceClaims) > 0 }

// Tolerates reports whether the settings have a toleration of the taint's key. Nil settings have none.
func (s *PodSettings) Tolerates(key string) bool {
	return s != nil && slices.ContainsFunc(s.Tolerations, func(t corev1.Toleration) bool { return t.Key == key || t.Key == "" })
}
