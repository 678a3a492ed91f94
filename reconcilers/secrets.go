package reconcilers

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/render"
)

// ensureSecret creates the Secret if it is not there, and never changes it. It is
// looked up by name at the API server, so that no list or watch right on Secrets
// is needed.
//
// The key is a random UUID (122 bits), which Tabby insists on.
//
// Source: TabbyML/tabby, ee/tabby-webserver/src/jwt.rs.
func (r *Reconciler) ensureSecret(ctx context.Context, d *v1alpha1.OllamaDeployment, wanted render.Secret) (created bool, err error) {
	live := &corev1.Secret{}
	err = r.APIReader.Get(ctx, client.ObjectKey{Namespace: d.Namespace, Name: wanted.Name}, live)
	switch {
	case err == nil:
		return false, r.mayWrite(secretKind, live, d)
	case !apierrors.IsNotFound(err):
		return false, fmt.Errorf("reading Secret %q: %w", wanted.Name, err)
	}
	key, err := uuid.NewRandom()
	if err != nil {
		return false, fmt.Errorf("drawing a key for Secret %q: %w", wanted.Name, err)
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: d.Namespace, Name: wanted.Name, Labels: wanted.Labels},
		StringData: map[string]string{wanted.Key: key.String()},
	}
	if err := controllerutil.SetControllerReference(d, secret, r.Client.Scheme()); err != nil {
		return false, fmt.Errorf("owning Secret %q: %w", wanted.Name, err)
	}
	if err := r.Client.Create(ctx, secret, client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return false, fmt.Errorf("creating Secret %q: %w", wanted.Name, err)
	}
	return true, nil
}

// secretKind is what mayWrite has to know of Secrets, which no funnel applies.
var secretKind = childKind{gvk: corev1.SchemeGroupVersion.WithKind("Secret")}
