// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// preserve copies the fields of a live child that the operator does not decide to the
// configuration.
func preserve(d *v1alpha1.OllamaDeployment, object render.Object, live client.Object, autoscaled bool) {
	switch config := object.Config.(type) {
	case *applycorev1.PersistentVolumeClaimApplyConfiguration:
		if claim, ok := live.(*corev1.PersistentVolumeClaim); ok {
			preserveClaim(config, claim)
		}
	case *applyappsv1.DeploymentApplyConfiguration:
		if deployment, ok := live.(*appsv1.Deployment); ok && autoscaled {
			preserveReplicas(config, deployment)
		}
		if !preserveTemplate(config, object.Alternatives, live.GetLabels()[templateLabel]) && d.RepeatsSource(memoryRequest) {
			preserveMemory(config, object.Alternatives, live.GetLabels())
		}
	}
}

// preserveTemplate keeps the applied pod template if it is equivalent to the rendered one, because
// changing it would restart the pods. It reports whether it is.
func preserveTemplate(wanted *applyappsv1.DeploymentApplyConfiguration, alternatives []*applycorev1.PodTemplateSpecApplyConfiguration, applied string) bool {
	if encoded, err := fingerprintOf(wanted.Spec.Template); err != nil || encoded == applied {
		return err == nil
	}
	for _, template := range alternatives {
		if encoded, err := fingerprintOf(template); err == nil && encoded == applied {
			wanted.Spec.Template = template
			return true
		}
	}
	return false
}

// preserveClaim keeps what Kubernetes does not allow to change: the access modes, the class once the
// claim has one or a volume, limits that an earlier version rendered, and a size larger than the requested one.
func preserveClaim(wanted *applycorev1.PersistentVolumeClaimApplyConfiguration, claim *corev1.PersistentVolumeClaim) {
	wanted.Spec.AccessModes = claim.Spec.AccessModes
	class, isFixed := claim.Spec.StorageClassName, claim.Spec.StorageClassName != nil || claim.Spec.VolumeName != ""
	if isFixed && (wanted.Spec.StorageClassName != nil || claim.Labels[classLabel] != "") {
		wanted.Spec.StorageClassName = class
	}
	if limits := claim.Spec.Resources.Limits; len(limits) > 0 {
		wanted.Spec.Resources.WithLimits(limits)
	}
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	requests := *wanted.Spec.Resources.Requests
	if size.Cmp(requests[corev1.ResourceStorage]) > 0 {
		requests[corev1.ResourceStorage] = size
	}
}

// preserveReplicas leaves the replicas to an autoscaler. The operator keeps applying them until the
// autoscaler first sets them: a field that nobody applies is removed, and the replicas would be 1
// for a moment.
func preserveReplicas(wanted *applyappsv1.DeploymentApplyConfiguration, deployment *appsv1.Deployment) {
	wanted.Spec.Replicas = nil
	if deployment.Labels[replicasLabel] != "" {
		wanted.Spec.Replicas = deployment.Spec.Replicas
	}
}

// applies reports whether the operator has applied a field of the live child, such as "replicas", and
// nobody has changed it since.
func applies(live client.Object, name string) bool {
	entries := live.GetManagedFields()
	for i := range entries {
		entry := &entries[i]
		if entry.Manager == v1alpha1.ManagedBy && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == "" &&
			entry.FieldsV1 != nil && strings.Contains(entry.FieldsV1.GetRawString(), `"f:`+name+`":{}`) {
			return true
		}
	}
	return false
}
