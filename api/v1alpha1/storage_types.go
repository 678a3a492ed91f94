// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
)

// DefaultRetain applies to the claims of all components that have settings of their storage.
const DefaultRetain = true

// StorageSpec configures the PersistentVolumeClaim for a component's data, whose size is
// resources.requests.storage, or names one that exists.
type StorageSpec struct {
	// Name of the claim's StorageClass. "" is Kubernetes' own value for volumes without a
	// class. It cannot be changed while the data are in the claim. Defaults to none: the
	// cluster's default class is used.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	ClassName *string `json:"className,omitempty" validate:"omitnil,max=253"`

	// Access modes of the claim, at most 3: ReadWriteOnce, ReadWriteMany or
	// ReadWriteOncePod, which has to be the only one. Several replicas need ReadWriteMany.
	// They cannot be changed while the data are in the claim. Defaults to none: the claim is
	// ReadWriteOnce for one replica and ReadWriteMany for more.
	// +optional
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:items:Enum=ReadWriteOnce;ReadWriteMany;ReadWriteOncePod
	// +listType=atomic
	AccessModes []corev1.PersistentVolumeAccessMode `json:"accessModes,omitempty" validate:"max=3,dive,oneof=ReadWriteOnce ReadWriteMany ReadWriteOncePod"`

	// Name of an existing PersistentVolumeClaim for the data, which is neither changed nor
	// deleted. It excludes a size, className, accessModes and retain: false. Several replicas
	// need a claim that is ReadWriteMany. Defaults to none: the operator creates the claim
	// if there is a size.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ExistingClaim *string `json:"existingClaim,omitempty" validate:"omitnil,min=1,max=253"`

	// Whether the claim outlives the object. If it is false, the claim and the Secret that
	// belongs to its data are deleted with the object. Defaults to true.
	// +optional
	// +kubebuilder:default=true
	Retain *bool `json:"retain,omitempty"`
}

// Storage returns the settings of the component's storage, nil if they are unset.
func (c Component) Storage() *StorageSpec { return *c.fields.storage }

// ExistingClaim returns the name of the claim that the user provides, "" if there is none.
func (c Component) ExistingClaim() string {
	if storage := c.Storage(); storage != nil {
		return ptr.Deref(storage.ExistingClaim, "")
	}
	return ""
}

// ClaimSize returns the size of the claim that the operator creates, nil if it creates none.
func (c Component) ClaimSize() *resource.Quantity {
	if c.ExistingClaim() != "" {
		return nil
	}
	return c.Resources().StorageSize()
}

// HasClaim reports whether the component's data are in a claim, whoever created it.
func (c Component) HasClaim() bool { return c.ExistingClaim() != "" || c.ClaimSize() != nil }

// StorageClassName returns the class of the claim, nil for the cluster's default. "" means volumes
// without a class.
//
// Source: k8s.io/website, content/en/docs/concepts/storage/persistent-volumes.md (Class).
func (c Component) StorageClassName() *string {
	if storage := c.Storage(); storage != nil {
		return storage.ClassName
	}
	return nil
}

// ExplicitAccessModes returns the access modes that are set, none if they are unset.
func (c Component) ExplicitAccessModes() []corev1.PersistentVolumeAccessMode {
	if storage := c.Storage(); storage != nil {
		return storage.AccessModes
	}
	return nil
}

// AccessModes returns the access modes of the claim. Unless they are set, they are ReadWriteMany for
// several replicas, else ReadWriteOnce. An existing claim is expected to have them.
func (c Component) AccessModes() []corev1.PersistentVolumeAccessMode {
	switch modes := c.ExplicitAccessModes(); {
	case len(modes) > 0:
		return modes
	case c.Replicas() > 1:
		return []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
	default:
		return []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	}
}

// SharesClaim reports whether several pods can use the component's claim at the same time.
func (c Component) SharesClaim() bool {
	return c.HasClaim() && slices.Contains(c.AccessModes(), corev1.ReadWriteMany)
}

// RetainsClaim reports whether the claim that the operator creates outlives the object.
func (c Component) RetainsClaim() bool {
	storage := c.Storage()
	return storage == nil || ptr.Deref(storage.Retain, DefaultRetain)
}
