package reconcilers

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// adoptClaim takes over from a live claim what Kubernetes does not let change:
// its access modes, and a size that is larger than what is asked for now. Other
// kinds are left as they are.
func adoptClaim(config runtime.ApplyConfiguration, live client.Object) {
	wanted, isClaim := config.(*applycorev1.PersistentVolumeClaimApplyConfiguration)
	claim, isLive := live.(*corev1.PersistentVolumeClaim)
	if !isClaim || !isLive {
		return
	}
	wanted.Spec.AccessModes = claim.Spec.AccessModes
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	requests := *wanted.Spec.Resources.Requests
	if size.Cmp(requests[corev1.ResourceStorage]) > 0 {
		requests[corev1.ResourceStorage] = size
	}
}
