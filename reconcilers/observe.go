package reconcilers

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/render"
)

// podOwnerIndex finds the pods of an object in the cache by their label.
const podOwnerIndex = "owner"

// observed is what the status is computed from: our Deployments and their pods as
// they are, by component.
type observed struct {
	deployments map[v1alpha1.Component]*appsv1.Deployment
	pods        map[v1alpha1.Component][]corev1.Pod
}

// observe reads the Deployments and pods of d from the cache.
func (r *Reconciler) observe(ctx context.Context, d *v1alpha1.OllamaDeployment) (observed, error) {
	seen := observed{map[v1alpha1.Component]*appsv1.Deployment{}, map[v1alpha1.Component][]corev1.Pod{}}
	kind := kindFor(render.KindDeployment)
	for _, component := range v1alpha1.Components() {
		deployment := &appsv1.Deployment{}
		key := client.ObjectKey{Namespace: d.Namespace, Name: v1alpha1.ChildName(d.Name, component)}
		if err := r.Client.Get(ctx, key, deployment); err != nil {
			if client.IgnoreNotFound(err) != nil {
				return seen, fmt.Errorf("reading Deployment %q: %w", key.Name, err)
			}
			continue
		}
		if kind.ownership(deployment, d) == ours {
			seen.deployments[component] = deployment
		}
	}
	pods := &corev1.PodList{}
	if err := r.Client.List(ctx, pods, client.InNamespace(d.Namespace), client.MatchingFields{podOwnerIndex: d.Name}); err != nil {
		return seen, fmt.Errorf("reading the pods: %w", err)
	}
	for i := range pods.Items {
		component := v1alpha1.Component(pods.Items[i].Labels[v1alpha1.LabelComponent])
		seen.pods[component] = append(seen.pods[component], pods.Items[i])
	}
	return seen, nil
}

// indexPod is the index function of podOwnerIndex.
func indexPod(pod client.Object) []string {
	return []string{pod.GetLabels()[v1alpha1.LabelOwner]}
}
