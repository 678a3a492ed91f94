// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A referring is an object "a" in the namespace "ns" of a fake cluster, which is reconciled by hand.
type referring struct {
	t *testing.T
	client.Client
	reconciler *Reconciler
	object     *v1alpha1.OllamaDeployment
}

func newReferring(t *testing.T, spec string) *referring {
	t.Helper()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: a, namespace: ns, uid: u, generation: 1}, spec: `+spec+`}`))
	c := fakeCluster(t).WithObjects(d).WithStatusSubresource(d).Build()
	now := time.Unix(1000, 0)
	clock := func() metav1.Time {
		now = now.Add(time.Minute)
		return metav1.NewTime(now)
	}
	r := &Reconciler{Client: c, APIReader: c, Models: allModels{}, Recorder: events.NewFakeRecorder(100), Now: clock, owners: lru.New(maxOwners)}
	return &referring{t, c, r, d}
}

// newTrimmed returns an object whose children the reconciler reads as the cache has them.
func newTrimmed(t *testing.T, spec string) *referring {
	t.Helper()
	r := newReferring(t, spec)
	cluster, ok := r.Client.(client.WithWatch)
	require.True(t, ok)
	r.reconciler.Client = interceptor.NewClient(cluster, interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
			if err := c.Get(ctx, key, object, opts...); err != nil {
				return err
			}
			for _, kind := range childKinds {
				if reflect.TypeOf(kind.object()) != reflect.TypeOf(object) {
					continue
				}
				trimmed, err := kind.trim(object)
				if err != nil {
					return err
				}
				reflect.ValueOf(object).Elem().Set(reflect.ValueOf(trimmed).Elem())
			}
			return nil
		},
	})
	return r
}

// reconcile returns when the object is reconciled again, and the message of the condition Ready if it has the
// reason.
func (r *referring) reconcile(reason string) (time.Duration, string) {
	r.t.Helper()
	live := &v1alpha1.OllamaDeployment{}
	require.NoError(r.t, r.Get(r.t.Context(), client.ObjectKeyFromObject(r.object), live))
	live.UID, live.Generation = r.object.UID, r.object.Generation
	result, err := r.reconciler.Reconcile(r.t.Context(), live)
	require.NoError(r.t, err)
	for _, condition := range live.Status.Conditions {
		if condition.Type == v1alpha1.ConditionReady && condition.Reason == reason {
			return result.RequeueAfter, condition.Message
		}
	}
	return result.RequeueAfter, ""
}

// annotation returns an annotation of the pods of a component, or why there is none.
func (r *referring) annotation(component v1alpha1.ComponentName, name string) string {
	r.t.Helper()
	deployment := &appsv1.Deployment{}
	if err := r.Get(r.t.Context(), client.ObjectKey{Namespace: "ns", Name: v1alpha1.ChildName("a", component)}, deployment); err != nil {
		return err.Error()
	}
	return deployment.Spec.Template.Annotations[name]
}
