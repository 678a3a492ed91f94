// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// persistentVolumeClaim returns the PersistentVolumeClaim for the part's data, if it has storage.
// It has no owner: it is retained when the object is deleted, and reused by an object of the same
// name. The limit is not rendered, because only the request can be changed later.
func (p part) persistentVolumeClaim() []Object {
	size := p.storage()
	if size == nil {
		return nil
	}
	config := applycorev1.PersistentVolumeClaim(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithSpec(applycorev1.PersistentVolumeClaimSpec().
			WithAccessModes(p.accessMode()).
			WithResources(applycorev1.VolumeResourceRequirements().
				WithRequests(corev1.ResourceList{corev1.ResourceStorage: *size})))
	return []Object{{Kind: KindPersistentVolumeClaim, Name: p.name(), Config: config}}
}

// accessMode returns ReadWriteMany for several replicas, else ReadWriteOnce.
func (p part) accessMode() corev1.PersistentVolumeAccessMode {
	if p.Replicas() > 1 {
		return corev1.ReadWriteMany
	}
	return corev1.ReadWriteOnce
}
