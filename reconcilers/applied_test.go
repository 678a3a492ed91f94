// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func TestAppliedCache(t *testing.T) {
	const first, second = `{"f:spec":{}}`, `{"f:spec":{"f:replicas":{}}}`
	deployment := func() *appsv1.Deployment {
		return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{
			Name: "stack-ollama", UID: "1", Generation: 1,
			Labels:      map[string]string{"app": "a"},
			Annotations: map[string]string{"note": "a"},
			Finalizers:  []string{"example.com/a"},
			ManagedFields: []metav1.ManagedFieldsEntry{
				{Manager: v1alpha1.ManagedBy, FieldsV1: metav1.NewFieldsV1(first)},
				{Manager: "kube-controller-manager", FieldsV1: metav1.NewFieldsV1(first)},
			},
		}}
	}
	for name, test := range map[string]struct {
		change func(*appsv1.Deployment)
		again  bool
	}{
		"nothing":                       {func(*appsv1.Deployment) {}, false},
		"the status":                    {func(d *appsv1.Deployment) { d.Status.ReadyReplicas, d.ResourceVersion = 1, "2" }, false},
		"what others manage":            {func(d *appsv1.Deployment) { d.ManagedFields[1].FieldsV1 = metav1.NewFieldsV1(second) }, false},
		"what we manage":                {func(d *appsv1.Deployment) { d.ManagedFields[0].FieldsV1 = metav1.NewFieldsV1(second) }, true},
		"when we applied":               {func(d *appsv1.Deployment) { d.ManagedFields[0].Time = new(metav1.Now()) }, true},
		"whether we apply":              {func(d *appsv1.Deployment) { d.ManagedFields = d.ManagedFields[1:] }, true},
		"the spec":                      {func(d *appsv1.Deployment) { d.Generation++ }, true},
		"a label":                       {func(d *appsv1.Deployment) { d.Labels["app"] = "b" }, true},
		"an annotation":                 {func(d *appsv1.Deployment) { d.Annotations["note"] = "b" }, true},
		"a finalizer":                   {func(d *appsv1.Deployment) { d.Finalizers = nil }, true},
		"an owner":                      {func(d *appsv1.Deployment) { d.OwnerReferences = []metav1.OwnerReference{{UID: "2"}} }, true},
		"another of the name":           {func(d *appsv1.Deployment) { d.UID = "2" }, true},
		"an object that was not stored": {func(d *appsv1.Deployment) { d.UID = "" }, true},
		"the revision":                  {func(d *appsv1.Deployment) { d.Annotations[revisionAnnotation] = "1" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			cache, found := newAppliedCache(), 0
			find := func() (map[string]string, error) {
				found++
				return map[string]string{appliedLabel: "x"}, nil
			}
			_, err := cache.of(deployment(), find)
			require.NoError(t, err)
			changed := deployment()
			test.change(changed)
			for range 2 {
				labels, err := cache.of(changed, find)
				require.NoError(t, err)
				assert.Equal(t, map[string]string{appliedLabel: "x"}, labels)
			}
			switch {
			case changed.UID == "":
				assert.Equal(t, 3, found, "each time")
			case test.again:
				assert.Equal(t, 2, found, "once for each state")
			default:
				assert.Equal(t, 1, found, "once")
			}
		})
	}
}

// A kind without generations is looked at each time: a version does not stand for what an object has. The event of a
// Service that loses its label has the Service as it was before, with the new version.
func TestAppliedCacheWithoutGenerations(t *testing.T) {
	cache, found := newAppliedCache(), 0
	for range 2 {
		live := &corev1.Service{ObjectMeta: metav1.ObjectMeta{UID: "1", ResourceVersion: "1"}}
		_, err := cache.of(live, func() (map[string]string, error) { found++; return nil, nil })
		require.NoError(t, err)
	}
	assert.Equal(t, 2, found)
}

func TestAppliedCacheForgetsErrors(t *testing.T) {
	cache := newAppliedCache()
	live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{UID: "1", Generation: 1}}
	_, err := cache.of(live, func() (map[string]string, error) { return nil, errors.New("broken") })
	require.ErrorContains(t, err, "broken")
	labels, err := cache.of(live, func() (map[string]string, error) { return map[string]string{appliedLabel: "x"}, nil })
	require.NoError(t, err)
	assert.Equal(t, map[string]string{appliedLabel: "x"}, labels)
}

// BenchmarkTrim measures what the cache does with an event of a Deployment: one whose status alone has changed, and one
// whose spec has.
func BenchmarkTrim(b *testing.B) {
	_, children, _ := liveStack(b)
	for _, child := range children {
		live, ok := child.(*appsv1.Deployment)
		if !ok {
			continue
		}
		live.UID, live.Generation = "1", 1
		for name, step := range map[string]int64{"status": 0, "spec": 1} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					live.Generation += step
					_, err := deploymentKind.trim(live)
					require.NoError(b, err)
				}
			})
		}
		return
	}
}
