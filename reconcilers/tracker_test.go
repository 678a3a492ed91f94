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
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func object(uid string, generation int64) *v1alpha1.OllamaDeployment {
	return &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: types.UID(uid), Generation: generation}}
}

// What the API server will refuse again is not asked for again, for longer each time,
// until the spec or the child changes.
func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	refused := apierrors.NewForbidden(schema.GroupResource{Resource: "services"}, "x", errors.New("exceeded quota"))
	key := childKey{render.KindService, "x"}
	tracker, now := &tracker{}, time.Unix(0, 0)
	asked := 0
	try := func(tracked *trackedObject, attempt string) error {
		return tracked.request(t.Context(), now, "applying", key, attempt, func() error { asked++; return refused })
	}
	tracked := tracker.of(object("uid", 1))
	var pauses []time.Duration
	for range 8 {
		before := asked
		require.ErrorIs(t, try(tracked, "one"), refused)
		require.Equal(t, before+1, asked)
		require.ErrorIs(t, try(tracked, "one"), refused, "it is still told")
		require.Equal(t, before+1, asked, "and not asked for")
		pause := tracked.untilRetry(now)
		pauses = append(pauses, pause)
		now = now.Add(pause)
	}
	s := time.Second
	assert.Equal(t, []time.Duration{15 * s, 30 * s, 60 * s, 120 * s, 240 * s, 300 * s, 300 * s, 300 * s}, pauses)

	asked = 0
	require.ErrorIs(t, try(tracked, "one"), refused)
	require.ErrorIs(t, try(tracked, "changed"), refused)
	assert.Equal(t, 2, asked, "a change of the child is tried")
	assert.Equal(t, firstPause, tracked.untilRetry(now), "and has a short pause first")
	require.ErrorIs(t, try(tracker.of(object("uid", 2)), "changed"), refused)
	assert.Equal(t, 3, asked, "a change of the spec is tried")

	require.NoError(t, tracked.request(t.Context(), now.Add(time.Hour), "applying", key, "changed", func() error { return nil }))
	assert.Zero(t, tracked.untilRetry(now), "what was taken is forgotten")
}

// What may go away by itself is asked for each time.
func TestFailedRequests(t *testing.T) {
	t.Parallel()
	tracked := (&tracker{}).of(object("uid", 1))
	asked := 0
	for range 3 {
		err := tracked.request(t.Context(), time.Unix(0, 0), "applying", childKey{render.KindService, "x"}, "", func() error {
			asked++
			return apierrors.NewInternalError(errors.New("oops"))
		})
		require.Error(t, err)
	}
	assert.Equal(t, 3, asked)
	assert.Zero(t, tracked.untilRetry(time.Unix(0, 0)))
}

// Nothing is remembered of what is gone: an object, its predecessor, a child.
func TestForgotten(t *testing.T) {
	t.Parallel()
	tracker, key := &tracker{}, childKey{render.KindConfigMap, "x"}
	after := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{UID: "child", Labels: map[string]string{appliedLabel: "made of it"}}}
	tracked := tracker.of(object("uid", 1))
	tracked.noteApplied(key, after, "wanted")
	assert.True(t, tracked.isApplied(key, after, "wanted"))
	assert.False(t, tracked.isApplied(key, after, "something else"))
	again := after.DeepCopy()
	again.UID = "made anew"
	assert.False(t, tracked.isApplied(key, again, "wanted"))

	tracked.tidy()
	assert.Len(t, tracked.mutated, 1, "it was looked at")
	tracker.of(object("uid", 1)).tidy()
	assert.Empty(t, tracked.mutated, "it is no longer rendered")

	tracked.noteApplied(key, after, "wanted")
	assert.Empty(t, tracker.of(object("another", 1)).mutated)
	assert.Len(t, tracker.objects, 1)
	tracker.forget(client.ObjectKey{Namespace: "n", Name: "a"})
	assert.Empty(t, tracker.objects)
}

// The status that we wrote is no news, and that of others is.
func TestOurWrite(t *testing.T) {
	t.Parallel()
	tracker, d := &tracker{}, object("uid", 1)
	d.ResourceVersion = "5"
	assert.False(t, tracker.isOurWrite(d))
	tracker.of(d)
	tracker.noteWrite(d, time.Unix(0, 0))
	assert.True(t, tracker.isOurWrite(d))
	d.ResourceVersion = "6"
	assert.False(t, tracker.isOurWrite(d))
}

// What the cache has is believed unless a write is known that came after.
func TestIsOutdated(t *testing.T) {
	t.Parallel()
	key := childKey{render.KindService, "x"}
	service := func(uid, version string) *corev1.Service {
		return &corev1.Service{ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid), ResourceVersion: version}}
	}
	ending := service("uid", "100")
	ending.DeletionTimestamp = &metav1.Time{Time: time.Unix(0, 0)}
	written := func(tracked *trackedObject) { tracked.noteWritten(key, service("uid", "100")) }
	removed := func(tracked *trackedObject) { tracked.noteRemoved(key, service("uid", "100")) }
	for name, tc := range map[string]struct {
		note   func(*trackedObject)
		cached *corev1.Service
		want   bool
	}{
		"no write":                          {func(*trackedObject) {}, service("uid", "99"), false},
		"cached before the write":           {written, service("uid", "99"), true},
		"cached as it was written":          {written, service("uid", "100"), false},
		"cached after the write":            {written, service("uid", "101"), false},
		"a predecessor of what was written": {written, service("old", "99"), true},
		"a successor of what was written":   {written, service("new", "101"), false},
		"not a number":                      {written, service("uid", "a"), false},
		"cached before it was deleted":      {removed, service("uid", "100"), true},
		"deleted, and waits for finalizers": {removed, ending, false},
		"a successor of what was deleted":   {removed, service("new", "101"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tracked := (&tracker{}).of(object("uid", 1))
			tc.note(tracked)
			assert.Equal(t, tc.want, tracked.isOutdated(key, tc.cached))
			assert.Equal(t, tc.want, tracked.isOutdated(key, tc.cached))
			assert.Equal(t, tc.want, len(tracked.written) == 1, "a write that the cache has is forgotten")
		})
	}
}

// A write that the cache does not get is lost, as when etcd is restored from a backup.
func TestExpire(t *testing.T) {
	t.Parallel()
	tracker, d, key, now := &tracker{}, object("uid", 1), childKey{render.KindService, "x"}, time.Unix(1000, 0)
	tracked := tracker.of(d)
	after := &corev1.Service{ObjectMeta: metav1.ObjectMeta{UID: "child", ResourceVersion: "100"}}
	before := &corev1.Service{ObjectMeta: metav1.ObjectMeta{UID: "child", ResourceVersion: "99"}}
	require.NoError(t, tracked.request(t.Context(), now, "applying", key, "", func() error {
		tracked.noteWritten(key, after)
		return nil
	}))
	d.ResourceVersion = "100"
	tracker.noteWrite(d, now)
	d.ResourceVersion = "99"

	tracker.expire(tracked, now.Add(cacheLag))
	assert.True(t, tracked.isOutdated(key, before))
	assert.True(t, tracked.isBehind(d))
	failed := tracked.request(t.Context(), now.Add(cacheLag), "applying", key, "", func() error { return errors.New("oops") })
	require.Error(t, failed, "it writes nothing that the cache could get")
	tracker.expire(tracked, now.Add(cacheLag+1))
	assert.False(t, tracked.isOutdated(key, before))
	assert.False(t, tracked.isBehind(d))
}

// A status with nothing but progress waits until the one before is some seconds old.
func TestUntilProgress(t *testing.T) {
	t.Parallel()
	tracker, d, start := &tracker{}, object("uid", 1), time.Unix(1000, 0)
	tracked := tracker.of(d)
	before := v1alpha1.OllamaDeploymentStatus{Phase: v1alpha1.PhasePending}
	progress := v1alpha1.OllamaDeploymentStatus{Phase: v1alpha1.PhasePending, TabbyStatus: &v1alpha1.DeploymentComponentStatus{UpdatedReplicas: 1}}
	more := v1alpha1.OllamaDeploymentStatus{Phase: v1alpha1.PhaseProgressing}
	assert.Zero(t, tracked.untilProgress(before, progress, start), "none was written")
	tracker.noteWrite(d, start)
	assert.Equal(t, progressInterval-time.Second, tracked.untilProgress(before, progress, start.Add(time.Second)))
	assert.Zero(t, tracked.untilProgress(before, progress, start.Add(progressInterval)))
	assert.Zero(t, tracked.untilProgress(before, more, start.Add(time.Second)))
}

// The event of our own write starts no reconcile, so a status that was computed from an outdated object is
// computed again, whether it equals that of the outdated object or not. Writing it would be a conflict.
func TestStatusOfAnOutdatedObject(t *testing.T) {
	t.Parallel()
	for name, phase := range map[string]v1alpha1.Phase{"equal": "", "different": v1alpha1.PhaseReady} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &Reconciler{Now: metav1.Now} // without a client, so that a write panics
			d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "a", ResourceVersion: "1004"}}
			tracked := r.tracker.of(d)
			tracked.wrote = "1005"
			result, err := r.report(t.Context(), tracked, d, v1alpha1.OllamaDeploymentStatus{Phase: phase}, finding{})
			require.NoError(t, err)
			assert.Equal(t, statusDebounce, result.RequeueAfter)
		})
	}
	t.Run("caught up", func(t *testing.T) {
		t.Parallel()
		r := &Reconciler{Now: metav1.Now}
		d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "a", ResourceVersion: "1005"}}
		tracked := r.tracker.of(d)
		tracked.wrote = "1005"
		result, err := r.report(t.Context(), tracked, d, d.Status, finding{})
		require.NoError(t, err)
		assert.Zero(t, result)
	})
}

// The status of an outdated alias is not written either.
func TestStatusOfAnOutdatedAlias(t *testing.T) {
	t.Parallel()
	alias := &v1alpha1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "a", Generation: 1, ResourceVersion: "1004"},
		Spec:       fixtures.Defaulted(fixtures.Sample(t, "minimal")).Spec,
	}
	writes := 0
	c := fakeCluster(t).WithObjects(alias).WithStatusSubresource(alias).WithInterceptorFuncs(interceptor.Funcs{
		SubResourcePatch: func(context.Context, client.Client, string, client.Object, client.Patch, ...client.SubResourcePatchOption) error {
			writes++
			return nil
		},
	}).Build()
	r := &AliasReconciler{Client: c, Now: metav1.Now}
	tracked := r.tracker.of(alias)
	tracked.wrote, tracked.wroteAt = "1005", time.Now()
	result, err := r.Reconcile(t.Context(), alias)
	require.NoError(t, err)
	assert.Equal(t, statusDebounce, result.RequeueAfter)
	assert.Zero(t, writes)

	alias.ResourceVersion = "1005"
	_, err = r.Reconcile(t.Context(), alias)
	require.NoError(t, err)
	assert.Equal(t, 1, writes)
}
