// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// That a pod lacked a model when it was last asked says nothing of a model that was listed since: somebody may
// have pulled it before.
func TestListedSince(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		pod  ModelPod
		m    v1alpha1.ModelStatus
		want string
	}{
		"not asked since":            {ModelPod{Generation: 1, Lacks: map[string]bool{"a:1b": true}}, v1alpha1.ModelStatus{}, ""},
		"asked since":                {ModelPod{Generation: 2, Lacks: map[string]bool{"a:1b": true}}, v1alpha1.ModelStatus{}, "0/1"},
		"known before":               {ModelPod{Generation: 1, Lacks: map[string]bool{"a:1b": true}}, v1alpha1.ModelStatus{Pods: "0/1"}, "0/1"},
		"never asked for this model": {ModelPod{Generation: 1}, v1alpha1.ModelStatus{Digest: "d", Pods: "1/1"}, "1/1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.m.Name, tc.m.ListedAt = "a:1b", &metav1.Time{}
			(&ObservedModels{Pods: []ModelPod{tc.pod}}).update(&tc.m, 2)
			assert.Equal(t, tc.want, tc.m.Pods)
		})
	}
}

// A copy is one of the list only if it is certain that no pod had it before.
func TestPulledForList(t *testing.T) {
	t.Parallel()
	has := map[string]PodModel{"a:1b": {Digest: "d", ModifiedAt: time.Unix(20, 0)}}
	updated := map[string]*PodPull{"a:1b": {IsUpdate: true, Pulled: time.Unix(20, 0)}}
	for name, tc := range map[string]struct {
		pods []ModelPod
		was  string
		want bool
	}{
		"pulled by the pod":              {[]ModelPod{{Models: has}}, "", true},
		"updated, and was there before":  {[]ModelPod{{Models: has, Pulls: updated}}, "", false},
		"updated, and was missing":       {[]ModelPod{{Models: has, Pulls: updated}}, "0/1", true},
		"another pod may have had it":    {[]ModelPod{{Models: has}, {Unreachable: "no"}}, "", false},
		"another pod lacked it, is away": {[]ModelPod{{Models: has}, {Unreachable: "no"}}, "0/2", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := v1alpha1.ModelStatus{Name: "a:1b", Pods: tc.was, ListedAt: &metav1.Time{Time: time.Unix(10, 0)}}
			(&ObservedModels{Pods: tc.pods}).update(&m, 1)
			assert.Equal(t, tc.want, m.LastPulled != nil)
		})
	}
}

// A server may report any size.
func TestSizeOf(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		0: "0", 1: "1M", 1_000_000: "1M", 1_000_001: "2M", -1: "0", math.MaxInt64: "9223372036855M",
	} {
		assert.Equal(t, want, sizeOf(bytes).String(), bytes)
	}
}

// The progress of a pull that runs is between 0 and 99 percent.
func TestPercentOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		completed, total, want int64
	}{
		"nothing":          {0, 1000, 0},
		"rounded down":     {439, 1000, 43},
		"all":              {1000, 1000, 99},
		"more than all":    {2000, 1000, 99},
		"half of the most": {math.MaxInt64 / 2, math.MaxInt64, 50},
		"the most":         {math.MaxInt64, math.MaxInt64, 99},
		"negative":         {-1000, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, percentOf(PodPull{Completed: tc.completed, Total: tc.total}))
		})
	}
}

// Where the object has network policies, they are what lets the operator reach pods.
func TestUnreachableBehindPolicies(t *testing.T) {
	t.Parallel()
	for protected, where := range map[bool]string{false: "in NetworkPolicies", true: "by networkPolicy.allowFrom"} {
		seen := &ObservedModels{Pods: []ModelPod{{Name: "a", Unreachable: "no"}}}
		assert.Contains(t, modelsState{seen: seen, protected: protected}.unreachable(), "of the Ollama pods, for example "+where)
	}
}
