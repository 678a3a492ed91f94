// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// persistentVolumeClaim returns the PersistentVolumeClaim for the part's data, if it has storage and
// the user provides no claim. It has no owner, unless it is to be deleted with the object: it is
// retained, and reused by an object of the same name. The limit is not rendered, because only the
// request can be changed later.
func (p part) persistentVolumeClaim() []Object {
	size := p.ClaimSize()
	if size == nil {
		return nil
	}
	spec := applycorev1.PersistentVolumeClaimSpec().
		WithAccessModes(p.AccessModes()...).
		WithResources(applycorev1.VolumeResourceRequirements().
			WithRequests(corev1.ResourceList{corev1.ResourceStorage: *size}))
	if class := p.StorageClassName(); class != nil {
		spec.WithStorageClassName(*class)
	}
	config := applycorev1.PersistentVolumeClaim(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithSpec(spec)
	if !p.RetainsClaim() {
		config.WithOwnerReferences(p.owner())
	}
	return []Object{{Kind: KindPersistentVolumeClaim, Name: p.name(), Config: config}}
}

// claimName returns the name of the claim that the part's pods mount, "" if they mount none.
func (p part) claimName() string {
	switch existing := p.ExistingClaim(); {
	case existing != "":
		return existing
	case p.HasClaim():
		return p.name()
	default:
		return ""
	}
}
