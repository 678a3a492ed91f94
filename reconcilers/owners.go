package reconcilers

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// maxOwners is of how many ReplicaSets the Deployment is remembered.
const maxOwners = 10_000

// deploymentOf returns the UID of the Deployment whose ReplicaSet controls the pod, ""
// if there is none. Labels anybody can write; a UID stands for the object that a pod
// was made for. ReplicaSets are not watched, because the operator needs only those of
// pods that are not well: each is read once.
func (r *Reconciler) deploymentOf(ctx context.Context, pod *corev1.Pod) (types.UID, error) {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil || owner.APIVersion != appsv1.SchemeGroupVersion.String() || owner.Kind != "ReplicaSet" {
		return "", nil
	}
	if known, found := r.owners.Get(owner.UID); found {
		return known.(types.UID), nil
	}
	replicaSet := &metav1.PartialObjectMetadata{}
	replicaSet.SetGroupVersionKind(appsv1.SchemeGroupVersion.WithKind(owner.Kind))
	err := r.APIReader.Get(ctx, client.ObjectKey{Namespace: pod.Namespace, Name: owner.Name}, replicaSet)
	if client.IgnoreNotFound(err) != nil {
		return "", fmt.Errorf("reading ReplicaSet %q: %w", owner.Name, err)
	}
	var deployment types.UID
	if controller := metav1.GetControllerOfNoCopy(replicaSet); err == nil && replicaSet.UID == owner.UID && controller != nil {
		deployment = controller.UID
	}
	r.owners.Add(owner.UID, deployment)
	return deployment, nil
}
