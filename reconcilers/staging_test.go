// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// earlier has Ollama's pods be those of an earlier version, whose template has one annotation more.
func (r *referring) earlier() {
	r.t.Helper()
	live := &appsv1.Deployment{}
	require.NoError(r.t, r.Get(r.t.Context(), client.ObjectKey{Namespace: "ns", Name: "a-ollama"}, live))
	config, err := applyappsv1.ExtractDeployment(live, v1alpha1.ManagedBy)
	require.NoError(r.t, err)
	config.Spec.Template.WithAnnotations(map[string]string{"earlier": "version"})
	data, err := json.Marshal(config)
	require.NoError(r.t, err)
	require.NoError(r.t, r.Patch(r.t.Context(), live, client.RawPatch(types.ApplyPatchType, data), client.FieldOwner(v1alpha1.ManagedBy), client.ForceOwnership))
}

// Pods that only a new version changes wait for their turn. Those that the user changes do not, whether by the spec
// or by what the pods read.
func TestQueueRestart(t *testing.T) {
	t.Parallel()
	r := newTrimmed(t, `{trust: {configMapRef: {name: corporate}}, ollama: {models: ["llama2:7b"]}}`)
	configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "corporate"}, Data: map[string]string{"ca.crt": newAuthority(t)}}
	require.NoError(t, r.Create(t.Context(), configMap))
	r.reconcile("")
	r.reconcile("")
	f := newFleet(t, 1, nil)
	r.reconciler.restarts = f.restarts
	f.entered("other")
	isEarlier := func() bool { return r.annotation(v1alpha1.ComponentOllama, "earlier") != "" }

	r.earlier()
	r.reconcile("")
	assert.True(t, isEarlier())
	assert.Equal(t, "True RestartQueued this version of the operator changes the pods of ollama, which wait until those of other objects are replaced", r.progressing())
	r.reconcile("")
	assert.True(t, isEarlier(), "it is still queued")
	// What does not belong to the pods is created again, and what this version no longer renders stays.
	service := &corev1.Service{}
	require.NoError(t, r.Get(t.Context(), client.ObjectKey{Namespace: "ns", Name: "a-ollama"}, service))
	abandoned := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "a-ollama", Labels: service.Labels, OwnerReferences: service.OwnerReferences}}
	require.NoError(t, r.Create(t.Context(), abandoned))
	require.NoError(t, r.Delete(t.Context(), service))
	r.reconcile("")
	assert.True(t, isEarlier())
	require.NoError(t, r.Get(t.Context(), client.ObjectKeyFromObject(service), service))
	require.NoError(t, r.Get(t.Context(), client.ObjectKeyFromObject(abandoned), abandoned))

	f.settle(keyOf("other"), false, true)
	r.reconcile("")
	assert.False(t, isEarlier(), "its turn has come")
	assert.True(t, apierrors.IsNotFound(r.Get(t.Context(), client.ObjectKeyFromObject(abandoned), abandoned)), "it is no longer rendered")

	f.forget(client.ObjectKeyFromObject(r.object))
	f.entered("other")
	r.earlier()
	configMap.Data["ca.crt"] = newAuthority(t)
	require.NoError(t, r.Update(t.Context(), configMap))
	r.reconcile("")
	assert.False(t, isEarlier(), "other certificates")

	r.earlier()
	r.reconcile("")
	assert.True(t, isEarlier())
	r.change(func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Service.Port = new(int32(80)) })
	r.reconcile("")
	assert.False(t, isEarlier(), "another spec")
	_, waiting := f.counts()
	assert.Zero(t, waiting, "it has left the queue")
}

// Without a limit nothing waits, and a Deployment that is gone is created at once.
func TestQueueRestartWithout(t *testing.T) {
	t.Parallel()
	r := newTrimmed(t, `{ollama: {models: ["llama2:7b"]}}`)
	r.reconcile("")
	r.earlier()
	r.reconcile("")
	assert.Empty(t, r.annotation(v1alpha1.ComponentOllama, "earlier"))

	f := newFleet(t, 1, nil)
	f.entered("other")
	r.reconciler.restarts = f.restarts
	require.NoError(t, r.Delete(t.Context(), &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "a-ollama"}}))
	r.reconcile("")
	assert.Empty(t, r.annotation(v1alpha1.ComponentOllama, "earlier"))
}

// A migration that has begun goes on: it waits for nobody, and its object keeps its slot.
func TestQueueRestartDuringMigration(t *testing.T) {
	t.Parallel()
	r := newMany(t)
	all, err := bundles(r.object, render.Options{})
	require.NoError(t, err)
	b := all[1]
	require.Equal(t, v1alpha1.ComponentOpenWebUI, b.component)
	live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{
		Namespace: "ns", Name: b.name, Labels: map[string]string{templateLabel: "earlier"},
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(r.object, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))},
	}}
	state := bundleState{children: map[schema.GroupVersionKind]client.Object{render.KindDeployment: live}}
	replaced, err := b.replacesPods(&trackedObject{}, r.object, state)
	require.NoError(t, err)
	assert.False(t, replaced)
	live.Labels[migratedAnnotation] = "v1"
	replaced, err = b.replacesPods(&trackedObject{}, r.object, state)
	require.NoError(t, err)
	assert.True(t, replaced, "the database is migrated")

	var seen observed
	assert.False(t, seen.isMigrating())
	seen.Migrating = map[v1alpha1.ComponentName]bool{v1alpha1.ComponentOllama: false, v1alpha1.ComponentOpenWebUI: true}
	assert.True(t, seen.isMigrating())
}

// An object that was reconciled is so also if it is first refused, which its status reports instead.
func TestQueueRestartAfterFailedAdmission(t *testing.T) {
	t.Parallel()
	d := object("uid", 1)
	d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b"}
	d.Status.ObservedGeneration = 1
	d.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Reason: v1alpha1.ReasonAllReplicasReady}}
	refuse := true
	c := fakeCluster(t).WithInterceptorFuncs(interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			admitted, ok := o.(*v1alpha1.OllamaDeployment)
			switch {
			case !ok:
				return c.Patch(ctx, o, p, opts...)
			case !refuse:
				admitted.Default()
				admitted.Generation++
			}
			return nil
		},
	}).Build()
	now := time.Unix(10_000, 0)
	r := &Reconciler{Client: c, APIReader: c, Now: func() metav1.Time { return metav1.NewTime(now) }}
	_, err := r.admitAndApply(t.Context(), r.tracker.of(d), d)
	require.ErrorIs(t, err, errNotAdmitted)
	d.Status.Conditions[0].Reason = v1alpha1.ReasonNotAdmitted
	refuse, now = false, now.Add(time.Hour)
	_, err = r.admitAndApply(t.Context(), r.tracker.of(d), d)
	require.NoError(t, err)
	assert.Equal(t, int64(2), r.tracker.of(d).reconciled)
}

// What admission adds to an object is no change of the user's.
func TestQueueRestartAfterAdmission(t *testing.T) {
	t.Parallel()
	d := object("uid", 1)
	d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b"}
	d.Status.ObservedGeneration = 1
	d.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Reason: v1alpha1.ReasonAllReplicasReady}}
	c := fakeCluster(t).WithInterceptorFuncs(interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			if admitted, ok := o.(*v1alpha1.OllamaDeployment); ok {
				admitted.Default()
				admitted.Generation++
				return nil
			}
			return c.Patch(ctx, o, p, opts...)
		},
	}).Build()
	r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now}
	for range 2 {
		_, err := r.admitAndApply(t.Context(), r.tracker.of(d), d)
		require.NoError(t, err)
		assert.Equal(t, int64(2), d.Generation)
		assert.Equal(t, int64(2), r.tracker.of(d).reconciled)
	}
	d.Generation = 3
	_, err := r.admitAndApply(t.Context(), r.tracker.of(d), d)
	require.NoError(t, err)
	assert.Equal(t, int64(2), r.tracker.of(d).reconciled, "the user's")
}

// Rollouts that have not ended are known after a restart, unless they make no progress for long.
func TestUnfinished(t *testing.T) {
	t.Parallel()
	now := time.Unix(10_000, 0)
	d := object("uid", 1)
	d.Default()
	c := fakeCluster(t).WithObjects(d)
	for name, tc := range map[string]struct {
		observed, ready int32
		ago             time.Duration
		owner           types.UID
	}{
		"rolling":  {1, 0, time.Minute, "uid"},
		"ready":    {1, 1, time.Minute, "uid"},
		"stuck":    {1, 0, restartLimit, "uid"},
		"unseen":   {0, 1, restartLimit, "uid"},
		"stranger": {1, 0, time.Minute, "other"},
	} {
		live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: "a-ollama", Generation: 1, Labels: map[string]string{v1alpha1.LabelOwner: "a"}}}
		of := object(string(tc.owner), 1)
		live.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(of, v1alpha1.GroupVersion.WithKind("Other"))}
		live.Status = appsv1.DeploymentStatus{ObservedGeneration: int64(tc.observed), Replicas: 1, UpdatedReplicas: 1, AvailableReplicas: tc.ready, Conditions: []appsv1.DeploymentCondition{
			{Type: appsv1.DeploymentProgressing, LastUpdateTime: metav1.NewTime(now.Add(-tc.ago))},
		}}
		owner := object("uid", 1)
		owner.Namespace = name
		c = c.WithObjects(live, owner)
	}
	r := &Reconciler{Client: c.Build(), Now: func() metav1.Time { return metav1.NewTime(now) }}
	found, err := r.unfinished(t.Context())
	require.NoError(t, err)
	got := map[string]time.Duration{}
	for key, since := range found {
		got[key.Namespace+"/"+key.Name] = now.Sub(since)
	}
	assert.Equal(t, map[string]time.Duration{"rolling/a": time.Minute, "unseen/a": 0}, got)
}

// The content that pods read is told from what else their template has.
func TestContentOf(t *testing.T) {
	t.Parallel()
	config := applyappsv1.Deployment("a", "b").WithSpec(applyappsv1.DeploymentSpec())
	assert.Empty(t, contentOf(config.Spec.Template))
	_, object := renderedOllama(t, `{models: ["llama2:7b"]}`)
	template := object.Config.(*applyappsv1.DeploymentApplyConfiguration).Spec.Template
	assert.Empty(t, contentOf(template))
	template.WithAnnotations(map[string]string{trustAnnotation: "1", secretAnnotation: "2", render.ConfigHashAnnotation: "3"})
	assert.Equal(t, "llm.geeper.io/trust-hash=1 llm.geeper.io/secret-hash=2", contentOf(template))
}
