package reconcilers

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// observed is what the status is computed from: our Deployments as they are. A
// component without one has no entry.
type observed map[v1alpha1.Component]*appsv1.Deployment

// observe reads the Deployments of d from the cache.
func (r *Reconciler) observe(ctx context.Context, d *v1alpha1.OllamaDeployment) (observed, error) {
	seen := observed{}
	kind := kindFor(appsv1.SchemeGroupVersion.WithKind("Deployment"))
	for _, component := range v1alpha1.Components() {
		deployment := &appsv1.Deployment{}
		key := client.ObjectKey{Namespace: d.Namespace, Name: v1alpha1.ChildName(d.Name, component)}
		if err := r.Client.Get(ctx, key, deployment); client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("reading Deployment %q: %w", key.Name, err)
		}
		if kind.isOurs(deployment, d) {
			seen[component] = deployment
		}
	}
	return seen, nil
}
