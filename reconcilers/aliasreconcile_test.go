// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// aliasAndOwned returns an alias and the OllamaDeployment that it owns.
func aliasAndOwned(t *testing.T) (*v1alpha1.Deployment, *v1alpha1.OllamaDeployment) {
	t.Helper()
	spec := fixtures.Defaulted(fixtures.Sample(t, "minimal")).Spec
	alias := &v1alpha1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "alias", Generation: 2}, Spec: *spec.DeepCopy()}
	owned := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "owned", Generation: 1}, Spec: *spec.DeepCopy()}
	owned.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(alias, v1alpha1.GroupVersion.WithKind(v1alpha1.KindAlias))}
	return alias, owned
}

// patchesAnswered makes every patch of an object end in the error, and go through while
// that is nil.
func patchesAnswered(answer *error) interceptor.Funcs {
	return interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			if *answer != nil {
				return *answer
			}
			return c.Patch(ctx, o, p, opts...)
		},
	}
}

// A refusal of what is no longer wanted is forgotten, and not waited for.
func TestAliasForgetsRefusals(t *testing.T) {
	t.Parallel()
	alias, owned := aliasAndOwned(t)
	owned.Spec.Ollama.Replicas = new(int32(2))
	answer := error(apierrors.NewForbidden(schema.GroupResource{Resource: "ollamadeployments"}, "a", errors.New("policy")))
	c := fakeCluster(t).WithObjects(alias, owned).WithStatusSubresource(alias, owned).WithInterceptorFuncs(patchesAnswered(&answer)).Build()
	now := time.Unix(1000, 0)
	r := &AliasReconciler{Client: c, Now: func() metav1.Time { return metav1.NewTime(now) }}
	next := func() time.Duration {
		object := &v1alpha1.Deployment{}
		require.NoError(t, c.Get(t.Context(), client.ObjectKeyFromObject(alias), object))
		result, err := r.Reconcile(t.Context(), object)
		require.NoError(t, err)
		return result.RequeueAfter
	}
	assert.Equal(t, firstPause, next())

	answer = nil
	require.NoError(t, c.Create(t.Context(), &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "h"},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{
			APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind, Name: "a",
		}},
	}))
	now = now.Add(time.Hour)
	assert.Zero(t, next())
}

// The status of an OllamaDeployment whose spec was just changed is not that of the alias's
// spec, whatever the cache has.
func TestAliasStaleCache(t *testing.T) {
	t.Parallel()
	alias, owned := aliasAndOwned(t)
	first, second := *alias.Spec.DeepCopy(), *alias.Spec.DeepCopy()
	second.Ollama.ImageTag = new("second")
	owned.Status = v1alpha1.OllamaDeploymentStatus{Phase: v1alpha1.PhaseReady, ObservedGeneration: 1}
	owned.ResourceVersion = "1"
	changes := 0
	c := fakeCluster(t).WithObjects(alias, owned).WithStatusSubresource(alias, owned).WithInterceptorFuncs(interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			if cached, ok := o.(*v1alpha1.OllamaDeployment); ok {
				owned.DeepCopyInto(cached)
				return nil
			}
			return c.Get(ctx, key, o, opts...)
		},
		Patch: func(_ context.Context, _ client.WithWatch, o client.Object, _ client.Patch, _ ...client.PatchOption) error {
			changes++
			o.SetGeneration(2)
			o.SetResourceVersion("2")
			return nil
		},
	}).Build()
	r := &AliasReconciler{Client: c, Now: metav1.Now}
	reconciled := func(generation int64, spec v1alpha1.OllamaDeploymentSpec) (*v1alpha1.Deployment, time.Duration) {
		object := &v1alpha1.Deployment{}
		require.NoError(t, c.Get(t.Context(), client.ObjectKeyFromObject(alias), object))
		object.Generation, object.Spec = generation, spec
		result, err := r.Reconcile(t.Context(), object)
		require.NoError(t, err)
		return object, result.RequeueAfter
	}
	object, after := reconciled(2, first)
	assert.Equal(t, int64(2), object.Status.ObservedGeneration)
	assert.Zero(t, after)

	object, after = reconciled(3, second)
	assert.Equal(t, 1, changes)
	assert.Equal(t, int64(2), object.Status.ObservedGeneration, "the OllamaDeployment's controller has not seen it")
	assert.Zero(t, after, "an event tells when it has")

	object, after = reconciled(4, first)
	assert.Equal(t, int64(2), object.Status.ObservedGeneration, "the cache has what was replaced since")
	assert.Equal(t, time.Second, after)
}
