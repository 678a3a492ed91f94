// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// newScheme returns the scheme of the manager.
func newScheme(tb testing.TB) *kruntime.Scheme {
	tb.Helper()
	scheme := kruntime.NewScheme()
	require.NoError(tb, clientgoscheme.AddToScheme(scheme))
	require.NoError(tb, v1alpha1.AddToScheme(scheme))
	require.NoError(tb, gatewayv1.Install(scheme))
	return scheme
}

// startCache starts a cache with the options and indexes of the manager, which has what live returns of a kind.
func startCache(tb testing.TB, scheme *kruntime.Scheme, mapper meta.RESTMapper, live func(kind kruntime.Object) []kruntime.Object) cache.Cache {
	tb.Helper()
	options, err := CacheOptions()
	require.NoError(tb, err)
	for object := range options.ByObject {
		if _, isCRD := object.(*metav1.PartialObjectMetadata); isCRD {
			delete(options.ByObject, object)
		}
	}
	options.Scheme, options.Mapper = scheme, mapper
	options.NewInformer = func(_ toolscache.ListerWatcher, object kruntime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
		return toolscache.NewSharedIndexInformer(listerOf(func() []kruntime.Object { return live(object) }), object, resync, indexers)
	}
	all, err := cache.New(&rest.Config{}, options)
	require.NoError(tb, err)
	require.NoError(tb, indexCache(tb.Context(), all))
	for object := range options.ByObject {
		_, err := all.GetInformer(tb.Context(), object, cache.BlockUntilSynced(false))
		require.NoError(tb, err)
	}
	go func() { _ = all.Start(tb.Context()) }() // fails only if it is started twice
	require.True(tb, all.WaitForCacheSync(tb.Context()))
	return all
}

// A listerOf lists objects that never change.
type listerOf func() []kruntime.Object

// List implements ListerWatcher.
func (l listerOf) List(metav1.ListOptions) (kruntime.Object, error) {
	list := &metav1.List{ListMeta: metav1.ListMeta{ResourceVersion: "1000000"}}
	if err := meta.SetList(list, l()); err != nil {
		return nil, err
	}
	return list, nil
}

// Watch implements ListerWatcher.
func (listerOf) Watch(metav1.ListOptions) (watch.Interface, error) { return watch.NewFake(), nil }

// IsWatchListSemanticsUnSupported has the initial objects listed.
func (listerOf) IsWatchListSemanticsUnSupported() bool { return true }

// Whoever reads the cache meets typed objects, trimmed, with all that the reconcilers read.
func TestCache(t *testing.T) {
	t.Parallel()
	d, children, pods := liveStack(t)
	live := []client.Object{d}
	live = append(live, children...)
	for _, pod := range pods {
		live = append(live, pod)
	}
	scheme := newScheme(t)
	all := startCache(t, scheme, testrestmapper.TestOnlyStaticRESTMapper(scheme), func(kind kruntime.Object) (out []kruntime.Object) {
		for _, object := range live {
			if reflect.TypeOf(object) == reflect.TypeOf(kind) {
				out = append(out, object.DeepCopyObject())
			}
		}
		return out
	})
	trims := map[reflect.Type]func(client.Object) (client.Object, error){reflect.TypeOf(d): trimObject, reflect.TypeFor[*corev1.Pod](): trimPod}
	for _, kind := range childKinds {
		trims[reflect.TypeOf(kind.object())] = kind.trim
	}
	require.Len(t, live, 1+8+3)
	for _, object := range live {
		got := reflect.New(reflect.TypeOf(object).Elem()).Interface().(client.Object) //nolint:forcetypeassert // it is of its type
		require.NoError(t, all.Get(t.Context(), client.ObjectKeyFromObject(object), got))
		want, err := trims[reflect.TypeOf(object)](object)
		require.NoError(t, err)
		got.GetObjectKind().SetGroupVersionKind(want.GetObjectKind().GroupVersionKind())
		assert.Equal(t, fixtures.ToMap(t, want), fixtures.ToMap(t, got))
	}
	found := &corev1.PodList{}
	require.NoError(t, all.List(t.Context(), found, client.InNamespace("n"), client.MatchingFields{podOwnerIndex: "stack"}))
	assert.Len(t, found.Items, len(pods))
	deployments := &appsv1.DeploymentList{}
	require.NoError(t, all.List(t.Context(), deployments, client.MatchingFields{rolloutIndex: unfinishedRollout}))
	assert.Empty(t, deployments.Items, "all are rolled out")
}

// Event handlers and predicates get typed objects.
func TestUnpackedEvents(t *testing.T) {
	t.Parallel()
	f := &form{empty: emptyOf[corev1.ConfigMap]}
	object := func(version string) client.Object {
		small, err := f.pack(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "u", ResourceVersion: version, Generation: 2, Labels: map[string]string{"a": "b"}}})
		require.NoError(t, err)
		return small
	}
	var seen []string
	handler := onEvent(
		func(_ queue, before, after client.Object) { seen = append(seen, fmt.Sprintf("%v %T", before, after)) },
		func(_ queue, before, after client.Object) { seen = append(seen, fmt.Sprintf("%T %T", before, after)) },
		func(_ queue, before, after client.Object) { seen = append(seen, fmt.Sprintf("%T %v", before, after)) },
	)
	handler.Create(t.Context(), event.CreateEvent{Object: object("1")}, nil)
	handler.Update(t.Context(), event.UpdateEvent{ObjectOld: object("1"), ObjectNew: object("2")}, nil)
	handler.Delete(t.Context(), event.DeleteEvent{Object: object("2")}, nil)
	assert.Equal(t, []string{"<nil> *v1.ConfigMap", "*v1.ConfigMap *v1.ConfigMap", "*v1.ConfigMap <nil>"}, seen)
	passed := onUpdate(func(e event.UpdateEvent) bool { return e.ObjectNew.(*corev1.ConfigMap).Labels["a"] == "b" })
	assert.True(t, passed.Update(event.UpdateEvent{ObjectOld: object("1"), ObjectNew: object("2")}))

	small := object("3")
	assert.Equal(t, []any{"n", "a", "3", types.UID("u"), int64(2)}, []any{small.GetNamespace(), small.GetName(), small.GetResourceVersion(), small.GetUID(), small.GetGeneration()})
	assert.Equal(t, map[string]string{"a": "b"}, small.GetLabels())
	assert.Nil(t, unpacked(nil))
}
