// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/apimachinery/pkg/util/intstr"

// SecurityProfile names a level of the Pod Security Standards that the pods conform to.
//
// +kubebuilder:validation:Enum=Baseline;Restricted
type SecurityProfile string

const (
	// SecurityBaseline runs the containers as the users of their images, which are root.
	SecurityBaseline SecurityProfile = "Baseline"
	// SecurityRestricted runs the containers as a user without rights.
	SecurityRestricted SecurityProfile = "Restricted"
)

const (
	// RunAsFromCluster is the value of runAsUser with which the cluster chooses the user, as
	// OpenShift does.
	RunAsFromCluster = "FromCluster"
	// DefaultRunAsUser is the user of pods with the profile Restricted. No image has a user of
	// this number.
	DefaultRunAsUser = 10001
	// MaxRunAsUser is the highest user ID that Kubernetes accepts.
	//
	// Source: k8s.io/apimachinery/pkg/util/validation (IsValidUserID).
	MaxRunAsUser = 1<<31 - 1
)

// SecuritySpec configures the privileges of all pods.
type SecuritySpec struct {
	// Level of the Pod Security Standards that the pods conform to: Baseline (the
	// containers run as root, as their images have it) or Restricted (as a user without
	// rights). Volumes keep their data when it changes. Defaults to "Baseline".
	// +optional
	// +kubebuilder:default=Baseline
	Profile *SecurityProfile `json:"profile,omitempty" validate:"omitnil,oneof=Baseline Restricted"`

	// User of the containers with profile Restricted, which also owns their volumes: a
	// number, 1 to 2147483647, or FromCluster if the cluster sets it, as OpenShift
	// does. Defaults to 10001.
	// +optional
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 1 && self <= 2147483647 : self == 'FromCluster'",message="must be a number from 1 to 2147483647, or \"FromCluster\""
	RunAsUser *intstr.IntOrString `json:"runAsUser,omitempty" validate:"-"`
}

// IsRestricted reports whether the pods conform to the level restricted. A nil spec does not.
func (s *SecuritySpec) IsRestricted() bool {
	return s != nil && s.Profile != nil && *s.Profile == SecurityRestricted
}

// User returns the user of restricted pods, false if the cluster chooses it.
func (s *SecuritySpec) User() (id int64, fixed bool) {
	switch {
	case s == nil || s.RunAsUser == nil:
		return DefaultRunAsUser, true
	case s.RunAsUser.Type == intstr.String:
		return 0, false
	default:
		return int64(s.RunAsUser.IntVal), true
	}
}
