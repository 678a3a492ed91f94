// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A staleCluster has a cache that holds the Deployment of Ollama as it was put there, whatever
// is written. It sets the versions, which the fake client does not do reliably for what is applied.
type staleCluster struct {
	client.WithWatch
	reconciler *Reconciler
	cached     *appsv1.Deployment
	// generation is the Deployment's, and applies is how often it was applied.
	generation int64
	applies    int
}

func newStaleCluster(t *testing.T, d *v1alpha1.OllamaDeployment) *staleCluster {
	t.Helper()
	s := &staleCluster{WithWatch: fakeCluster(t).WithObjects(d).WithStatusSubresource(d).Build()}
	s.reconciler = &Reconciler{
		Models:    allModels{},
		Client:    interceptor.NewClient(s.WithWatch, interceptor.Funcs{Get: s.get, Patch: s.patch}),
		APIReader: s.WithWatch, Recorder: events.NewFakeRecorder(10), Now: metav1.Now, owners: lru.New(maxOwners),
	}
	return s
}

func (s *staleCluster) get(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	deployment, ok := o.(*appsv1.Deployment)
	switch {
	case !ok:
		return c.Get(ctx, key, o, opts...)
	case s.cached == nil:
		return apierrors.NewNotFound(schema.GroupResource{Group: "apps", Resource: "deployments"}, key.Name)
	default:
		s.cached.DeepCopyInto(deployment)
		return nil
	}
}

func (s *staleCluster) patch(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
	deployment, ok := o.(*appsv1.Deployment)
	if !ok {
		return c.Patch(ctx, o, p, opts...)
	}
	s.applies++
	s.generation++
	if err := c.Patch(ctx, o, p, opts...); err != nil {
		return err
	}
	s.version(deployment)
	if s.cached != nil {
		deployment.Status = s.cached.Status
	}
	return nil
}

func (s *staleCluster) version(deployment *appsv1.Deployment) {
	deployment.Generation, deployment.ResourceVersion = s.generation, strconv.FormatInt(s.generation, 10)
}

// catchUp puts the Deployment into the cache, rolled out.
func (s *staleCluster) catchUp(t *testing.T) {
	t.Helper()
	live := &appsv1.Deployment{}
	require.NoError(t, s.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a-ollama"}, live))
	live.Status = appsv1.DeploymentStatus{ObservedGeneration: s.generation, Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1, AvailableReplicas: 1}
	s.version(live)
	trimmed, err := deploymentKind.trim(live)
	require.NoError(t, err)
	s.cached = trimmed.(*appsv1.Deployment) //nolint:forcetypeassert // it is of this kind
}

// reconcile reconciles the object with the image tag as its generation, and returns it.
func (s *staleCluster) reconcile(t *testing.T, generation int64, tag string) *v1alpha1.OllamaDeployment {
	t.Helper()
	d := &v1alpha1.OllamaDeployment{}
	require.NoError(t, s.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a"}, d))
	d.Spec.Ollama.ImageTag, d.Generation = &tag, generation
	require.NoError(t, s.Update(t.Context(), d))
	d.Generation = generation
	result, err := s.reconciler.Reconcile(t.Context(), d)
	require.NoError(t, err)
	assert.Zero(t, result, "events tell what comes next")
	assert.Equal(t, generation, d.Status.ObservedGeneration)
	return d
}

// The status of a new spec is written in the reconcile that applies it, and a Deployment of
// the spec before that is still in the cache is not reported for it.
func TestStaleCache(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	d.ObjectMeta = metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "a", Generation: 1}
	s := newStaleCluster(t, d)
	isReady := func(d *v1alpha1.OllamaDeployment) bool {
		return meta.IsStatusConditionTrue(d.Status.Conditions, v1alpha1.ConditionReady)
	}

	created := s.reconcile(t, 1, "first")
	assert.Equal(t, v1alpha1.PhasePending, created.Status.Phase)
	assert.Equal(t, 1, s.applies)
	s.catchUp(t)
	require.True(t, isReady(s.reconcile(t, 1, "first")), "%v", created.Status)
	assert.Equal(t, 1, s.applies)

	changed := s.reconcile(t, 2, "second")
	assert.False(t, isReady(changed), "the cache has the first")
	assert.Equal(t, v1alpha1.PhaseProgressing, changed.Status.Phase, "the pods of before still run")
	assert.Equal(t, 2, s.applies)

	back := s.reconcile(t, 3, "first")
	assert.False(t, isReady(back), "what the cache has was the same, and is replaced since")
	assert.Equal(t, 3, s.applies)

	s.catchUp(t)
	assert.True(t, isReady(s.reconcile(t, 3, "first")))
	assert.Equal(t, 3, s.applies)
}
