// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/internal/render"
)

// liveOf returns what rendering keeps of a trimmed child, except for replicas; see stage.
func liveOf(live client.Object) render.Live {
	labels := live.GetLabels()
	out := render.Live{Template: labels[templateLabel], Memory: labels[memoryLabel], AppliesClass: labels[classLabel] != ""}
	if claim, ok := live.(*corev1.PersistentVolumeClaim); ok {
		out.Claim = &claim.Spec
	}
	return out
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
