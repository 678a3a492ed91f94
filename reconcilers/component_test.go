// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// bundleOf is what is rendered of a component that is enabled.
func bundleOf(t *testing.T, d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) bundle {
	t.Helper()
	all, err := bundles(d, render.Options{})
	require.NoError(t, err)
	for _, b := range all {
		if b.component == component {
			return b
		}
	}
	require.Fail(t, "the component is not enabled")
	return bundle{}
}

// applyBundle makes the children as they are rendered.
func applyBundle(t *testing.T, c client.Client, d *v1alpha1.OllamaDeployment, b bundle) {
	t.Helper()
	for _, object := range b.objects {
		data, err := json.Marshal(object.Config)
		require.NoError(t, err)
		kind, err := kindFor(object.Kind)
		require.NoError(t, err)
		child := kind.object()
		child.SetNamespace(d.Namespace)
		child.SetName(object.Name)
		require.NoError(t, c.Patch(t.Context(), child, client.RawPatch(types.ApplyPatchType, data), client.FieldOwner(v1alpha1.ManagedBy), client.ForceOwnership))
	}
}

// Pods are not replaced for a ConfigMap that could not be written.
func TestConfigMapBeforeDeployment(t *testing.T) {
	t.Parallel()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "d", Generation: 1}}
	d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"codellama:7b", "llama2:7b"}
	d.Spec.Tabby = &v1alpha1.TabbySpec{Enabled: new(true)}
	d.Default()
	c := fakeCluster(t).WithInterceptorFuncs(interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			if _, ok := o.(*corev1.ConfigMap); ok && d.Generation == 2 {
				return apierrors.NewInternalError(errors.New("etcdserver: leader changed"))
			}
			return c.Patch(ctx, o, p, opts...)
		},
	}).Build()
	r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now}
	hash := func() string {
		deployment := &appsv1.Deployment{}
		require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a-tabby"}, deployment))
		return deployment.Spec.Template.Annotations[render.ConfigHashAnnotation]
	}
	b := bundleOf(t, d, v1alpha1.ComponentTabby)
	applyBundle(t, c, d, b)
	before := hash()
	require.NotEmpty(t, before)

	d.Generation = 2
	d.Spec.Tabby.ModelName = new(v1alpha1.OllamaModel("llama2:7b"))
	_, err := r.applyComponent(t.Context(), r.tracker.of(d), d, bundleOf(t, d, v1alpha1.ComponentTabby))
	require.Error(t, err)
	assert.Equal(t, before, hash(), "while the ConfigMap fails")

	d.Generation = 3
	_, err = r.applyComponent(t.Context(), r.tracker.of(d), d, bundleOf(t, d, v1alpha1.ComponentTabby))
	require.NoError(t, err)
	assert.NotEqual(t, before, hash(), "afterwards")
}

// A Secret of a live claim that is not ours is a conflict, though the cache does not hold
// such a claim.
func TestSecretOfForeignClaim(t *testing.T) {
	t.Parallel()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "a-uid", Generation: 1}}
	d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b"}
	d.Spec.OpenWebUI = &v1alpha1.OpenWebUISpec{Enabled: new(true)}
	d.Default()
	meta := metav1.ObjectMeta{Namespace: "n", Name: "a-openwebui", UID: "claim-uid"}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a-openwebui", OwnerReferences: []metav1.OwnerReference{ownClaim}}}
	b := bundleOf(t, d, v1alpha1.ComponentOpenWebUI)
	require.NotNil(t, b.secret)
	for name, tc := range map[string]struct {
		live []client.Object
		is   func(error) bool
	}{
		"the claim lives":   {[]client.Object{secret, &corev1.PersistentVolumeClaim{ObjectMeta: meta}}, is[*conflictError]},
		"the claim is gone": {[]client.Object{secret}, is[*predecessorError]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &Reconciler{Client: fakeCluster(t).Build(), APIReader: fakeCluster(t).WithObjects(tc.live...).Build(), Now: metav1.Now}
			_, err := r.applyComponent(t.Context(), r.tracker.of(d), d, b)
			assert.True(t, tc.is(err), "%v", err)
		})
	}
}
