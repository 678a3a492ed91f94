// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// claim returns the volume for the part's data, if it wants storage. It has no owner:
// it outlives the object, and one of the same name takes it up again. Of its size only
// the request is rendered, because Kubernetes lets nothing else of it change.
func (p part) claim() []Object {
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

// accessMode is that of a claim which one pod, or several, use at a time.
func (p part) accessMode() corev1.PersistentVolumeAccessMode {
	if p.replicas() > 1 {
		return corev1.ReadWriteMany
	}
	return corev1.ReadWriteOnce
}
