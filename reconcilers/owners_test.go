// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// podOfReplicaSet is a pod of the object "a" that failed, and says to be of the ReplicaSet.
func podOfReplicaSet(name, replicaSet string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "n", Name: name, Labels: map[string]string{v1alpha1.LabelOwner: "a"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: replicaSet, UID: "rs", Controller: new(true)}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodFailed},
	}
}

// A pod's owner is asked for only by what can be its name, and what a pod says wrongly of
// a ReplicaSet is not remembered of that.
func TestOwnerOf(t *testing.T) {
	t.Parallel()
	replicaSet := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
		Namespace: "n", Name: "a-ollama-1", UID: "rs",
		OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "a-ollama", UID: "deployment", Controller: new(true)}},
	}}
	reads := 0
	c := fakeCluster(t).WithObjects(replicaSet).WithInterceptorFuncs(interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			reads++
			return c.Get(ctx, key, o, opts...)
		},
	}).Build()
	r := &Reconciler{APIReader: c, Now: metav1.Now, owners: lru.New(maxOwners)}
	known := func(types.UID) bool { return true }
	for _, tc := range []struct { // in this order
		replicaSet string
		want       types.UID
		reads      int
	}{
		{"a-ollama-1/status", "", 0},
		{"../../x", "", 0},
		{"", "", 0},
		{"other", "", 1},
		{"a-ollama-1", "deployment", 1},
		{"a-ollama-1", "deployment", 0},
	} {
		reads = 0
		owner, err := r.ownerOf(t.Context(), podOfReplicaSet("p", tc.replicaSet), known)
		require.NoError(t, err)
		assert.Equal(t, tc.want, owner.deployment, tc.replicaSet)
		assert.Equal(t, tc.reads, reads, tc.replicaSet)
	}
}

// A ReplicaSet whose Deployment was deleted without it may be adopted by the next one, which is noticed.
func TestOwnerOfAdopted(t *testing.T) {
	t.Parallel()
	ownedBy := func(deployment types.UID) *appsv1.ReplicaSet {
		return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
			Namespace: "n", Name: "a-ollama-1", UID: "rs",
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "a-ollama", UID: deployment, Controller: new(true)}},
		}}
	}
	c, now := fakeCluster(t).WithObjects(ownedBy("before")).Build(), metav1.Unix(1000, 0)
	r := &Reconciler{APIReader: c, Now: func() metav1.Time { return now }, owners: lru.New(maxOwners)}
	ownerWhile := func(known types.UID) types.UID {
		owner, err := r.ownerOf(t.Context(), podOfReplicaSet("p", "a-ollama-1"), func(uid types.UID) bool { return uid == known })
		require.NoError(t, err)
		return owner.deployment
	}
	assert.Equal(t, types.UID("before"), ownerWhile("before"))
	adopted := &appsv1.ReplicaSet{}
	require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a-ollama-1"}, adopted))
	adopted.OwnerReferences = ownedBy("after").OwnerReferences
	require.NoError(t, c.Update(t.Context(), adopted))

	assert.Equal(t, types.UID("before"), ownerWhile("after"), "it is read again after a minute only")
	now = metav1.NewTime(now.Add(ownerExpiry + 1))
	assert.Equal(t, types.UID("before"), ownerWhile("before"), "a Deployment that is known needs no request")
	assert.Equal(t, types.UID("after"), ownerWhile("after"))
}

// A pod whose owner cannot be read holds up nothing, and is looked at again.
func TestObserveUnreadOwner(t *testing.T) {
	t.Parallel()
	c := fakeCluster(t).WithObjects(podOfReplicaSet("p", "x")).Build()
	failing := interceptor.NewClient(c, interceptor.Funcs{
		Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
			return errors.New("timeout")
		},
	})
	r := &Reconciler{Client: c, APIReader: failing, Now: metav1.Now, owners: lru.New(maxOwners)}
	seen, err := r.observe(t.Context(), &trackedObject{}, &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a"}}, nil)
	require.NoError(t, err)
	assert.Equal(t, unreadRetry, seen.nextLook(r.Now().Time))
}
