// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Live contains what Keep reads of a live child.
type Live struct {
	// Template is the fingerprint of the pod template that the operator has applied of a Deployment.
	Template string
	// Memory is what the container of Ollama requests, "" for others.
	Memory string
	// Claim is the spec of a PersistentVolumeClaim, nil for other kinds.
	Claim *corev1.PersistentVolumeClaimSpec
	// AppliesClass reports whether the operator has applied the class of the claim.
	AppliesClass bool
}

// Keep changes the configuration of a child of d to what is applied to the live child: a pod template that is
// equivalent to the rendered one stays, because changing it would restart the pods, and so does what Kubernetes
// does not allow to change of a claim.
func (o Object) Keep(d *v1alpha1.OllamaDeployment, live Live) {
	switch config := o.Config.(type) {
	case *applycorev1.PersistentVolumeClaimApplyConfiguration:
		if live.Claim != nil {
			keepClaim(config, live.Claim, live.AppliesClass)
		}
	case *applyappsv1.DeploymentApplyConfiguration:
		if !keepTemplate(config, o.Alternatives, live.Template) && d.RepeatsSource(memoryRequest) {
			keepMemory(config, o.Alternatives, live)
		}
	}
}

// Fingerprint returns a hash of an apply configuration, or of a part of one. It fails if that cannot be
// encoded.
func Fingerprint(config any) (string, error) {
	data, err := json.Marshal(config)
	if err != nil {
		return "", fmt.Errorf("encoding %T: %w", config, err)
	}
	return FingerprintOf(data), nil
}

// FingerprintOf returns a hash of an encoded apply configuration.
func FingerprintOf(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.RawStdEncoding.EncodeToString(sum[:16])
}

// keepTemplate keeps the applied pod template if it is equivalent to the rendered one. It reports whether it is.
func keepTemplate(wanted *applyappsv1.DeploymentApplyConfiguration, alternatives []*applycorev1.PodTemplateSpecApplyConfiguration, applied string) bool {
	if encoded, err := Fingerprint(wanted.Spec.Template); err != nil || encoded == applied {
		return err == nil
	}
	for _, template := range alternatives {
		if encoded, err := Fingerprint(template); err == nil && encoded == applied {
			wanted.Spec.Template = template
			return true
		}
	}
	return false
}

// keepClaim keeps what Kubernetes does not allow to change: the access modes, the class once the claim has one
// or a volume, limits that an earlier version rendered, and a size larger than the requested one.
func keepClaim(wanted *applycorev1.PersistentVolumeClaimApplyConfiguration, claim *corev1.PersistentVolumeClaimSpec, appliesClass bool) {
	wanted.Spec.AccessModes = claim.AccessModes
	class, isFixed := claim.StorageClassName, claim.StorageClassName != nil || claim.VolumeName != ""
	if isFixed && (wanted.Spec.StorageClassName != nil || appliesClass) {
		wanted.Spec.StorageClassName = class
	}
	if limits := claim.Resources.Limits; len(limits) > 0 {
		wanted.Spec.Resources.WithLimits(limits)
	}
	size := claim.Resources.Requests[corev1.ResourceStorage]
	requests := *wanted.Spec.Resources.Requests
	if size.Cmp(requests[corev1.ResourceStorage]) > 0 {
		requests[corev1.ResourceStorage] = size
	}
}

// memoryRequest is the path of a field whose default is derived from the models.
const memoryRequest = "spec.ollama.resources.requests.memory"

// keepMemory keeps the applied pod template of Ollama if it differs from the rendered one only in the memory that
// it requests, whose default follows the list of models: a change of the list restarts nothing. The template
// requests the new memory when it changes for another reason.
func keepMemory(wanted *applyappsv1.DeploymentApplyConfiguration, alternatives []*applycorev1.PodTemplateSpecApplyConfiguration, live Live) {
	memory, err := resource.ParseQuantity(live.Memory)
	if err != nil {
		return
	}
	for _, template := range append([]*applycorev1.PodTemplateSpecApplyConfiguration{wanted.Spec.Template}, alternatives...) {
		same := withMemory(template, memory)
		if encoded, err := Fingerprint(same); same != nil && err == nil && encoded == live.Template {
			wanted.Spec.Template = same
			return
		}
	}
}

// withMemory returns a copy of the template whose first container requests the memory, nil if it requests none.
func withMemory(template *applycorev1.PodTemplateSpecApplyConfiguration, memory resource.Quantity) *applycorev1.PodTemplateSpecApplyConfiguration {
	data, err := json.Marshal(template)
	if err != nil {
		return nil
	}
	other := &applycorev1.PodTemplateSpecApplyConfiguration{}
	if err := json.Unmarshal(data, other); err != nil || other.Spec == nil || len(other.Spec.Containers) == 0 {
		return nil
	}
	resources := other.Spec.Containers[0].Resources
	if resources == nil || resources.Requests == nil {
		return nil
	}
	if _, found := (*resources.Requests)[corev1.ResourceMemory]; !found {
		return nil
	}
	(*resources.Requests)[corev1.ResourceMemory] = memory
	return other
}
