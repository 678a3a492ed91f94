package render

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// claim is the volume for the part's data, if it wants storage. It has no owner:
// it outlives the object, and one of the same name takes it up again.
func (p part) claim() []Object {
	size := p.storage()
	if size == nil {
		return nil
	}
	resources := applycorev1.VolumeResourceRequirements().
		WithRequests(corev1.ResourceList{corev1.ResourceStorage: *size})
	if limit, found := p.resources.Limits[corev1.ResourceStorage]; found {
		resources.WithLimits(corev1.ResourceList{corev1.ResourceStorage: limit})
	}
	config := applycorev1.PersistentVolumeClaim(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithSpec(applycorev1.PersistentVolumeClaimSpec().
			WithAccessModes(p.accessMode()).
			WithResources(resources))
	return []Object{{Kind: KindPersistentVolumeClaim, Name: p.name(), Config: config}}
}

// accessMode is that of a claim which one pod, or several, use at a time.
func (p part) accessMode() corev1.PersistentVolumeAccessMode {
	if p.replicas > 1 {
		return corev1.ReadWriteMany
	}
	return corev1.ReadWriteOnce
}
