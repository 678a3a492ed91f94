package reconcilers

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/reconcilers/render"
)

// adopt takes over from a live child what is not the operator's to decide.
func adopt(object render.Object, live client.Object) {
	switch config := object.Config.(type) {
	case *applycorev1.PersistentVolumeClaimApplyConfiguration:
		if claim, ok := live.(*corev1.PersistentVolumeClaim); ok {
			adoptClaim(config, claim)
		}
	case *applyappsv1.DeploymentApplyConfiguration:
		if deployment, ok := live.(*appsv1.Deployment); ok && deployment.Spec.Replicas != nil {
			config.Spec.Replicas = nil
		}
		adoptTemplate(config, object.Alternatives, live.GetLabels()[templateLabel])
	}
}

// adoptTemplate keeps the pod template that was applied where it serves as well as the
// one that is rendered now: another one would restart the pods.
func adoptTemplate(wanted *applyappsv1.DeploymentApplyConfiguration, alternatives []*applycorev1.PodTemplateSpecApplyConfiguration, applied string) {
	if encoded, err := fingerprintOf(wanted.Spec.Template); err != nil || encoded == applied {
		return
	}
	for _, template := range alternatives {
		if encoded, err := fingerprintOf(template); err == nil && encoded == applied {
			wanted.Spec.Template = template
			return
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
