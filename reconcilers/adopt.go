package reconcilers

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// adopt takes over from a live child what is not the operator's to decide.
func adopt(config runtime.ApplyConfiguration, live client.Object) {
	switch config := config.(type) {
	case *applycorev1.PersistentVolumeClaimApplyConfiguration:
		if claim, ok := live.(*corev1.PersistentVolumeClaim); ok {
			adoptClaim(config, claim)
		}
	case *applyappsv1.DeploymentApplyConfiguration:
		if deployment, ok := live.(*appsv1.Deployment); ok && deployment.Spec.Replicas != nil {
			config.Spec.Replicas = nil
		}
	}
}

// adoptClaim takes over what Kubernetes does not let change: the access modes, and
// a size that is larger than what is asked for now.
func adoptClaim(wanted *applycorev1.PersistentVolumeClaimApplyConfiguration, claim *corev1.PersistentVolumeClaim) {
	wanted.Spec.AccessModes = claim.Spec.AccessModes
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	requests := *wanted.Spec.Resources.Requests
	if size.Cmp(requests[corev1.ResourceStorage]) > 0 {
		requests[corev1.ResourceStorage] = size
	}
}

// isAutoscaled tells whether an autoscaler has set the replicas: somebody other
// than kubectl, through the scale subresource. Replicas that a person set on the
// Deployment are drift.
func isAutoscaled(live *appsv1.Deployment) bool {
	for i := range live.ManagedFields {
		entry := &live.ManagedFields[i]
		if entry.Subresource == "scale" && !strings.HasPrefix(entry.Manager, "kubectl") &&
			entry.FieldsV1 != nil && strings.Contains(entry.FieldsV1.GetRawString(), `"f:replicas"`) {
			return true
		}
	}
	return false
}
