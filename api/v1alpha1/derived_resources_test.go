// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestDerivedRequestsAndLimits(t *testing.T) {
	t.Parallel()
	limits := func(limits corev1.ResourceList) func(*object) {
		return func(d *object) { d.Spec.Ollama.Resources.Limits = limits }
	}
	memory := corev1.ResourceList{"memory": resource.MustParse("4Gi")}
	testDerived(t, map[string]derivedCase{
		"removes the request when a limit is set": {update: limits(memory), check: wantRequests("")},
		"derives the request when the limit is removed": {
			stored: func(d *object) { d.Spec.Ollama.Resources = &v1alpha1.ResourceRequirements{Limits: memory} },
			update: limits(nil),
			check:  wantRequests("6Gi"),
		},
		"removes both requests when both limits are set": {
			update: limits(corev1.ResourceList{"cpu": resource.MustParse("4"), "memory": resource.MustParse("4Gi")}),
			check: func(t *testing.T, d *object) {
				t.Helper()
				assert.Nil(t, d.Spec.Ollama.Resources.Requests)
			},
		},
	})
}

// Requests that were stored before they were derived key by key are unchanged until the resources
// change: an edit of another field must not restart the pods.
func TestRequestsOfAnEarlierFormula(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		resources string
		update    func(*v1alpha1.ResourceRequirements)
		want      string
	}{
		"preserves a limit alone":                        {`{limits: {cpu: "1"}}`, nil, `{"limits":{"cpu":"1"}}`},
		"preserves storage alone":                        {`{requests: {storage: 1Gi}}`, nil, `{"requests":{"storage":"1Gi"}}`},
		"derives again what it derived":                  {`{requests: {cpu: 500m, memory: 6Gi}}`, nil, `{"requests":{"cpu":"500m","memory":"10Gi"}}`},
		"removes what it derived when the limit changes": {`{requests: {cpu: 500m, memory: 6Gi}, limits: {memory: 8Gi}}`, func(r *v1alpha1.ResourceRequirements) { r.Limits["memory"] = resource.MustParse("4Gi") }, `{"requests":{"cpu":"500m"},"limits":{"memory":"4Gi"}}`},
		"preserves what it derived beside a limit":       {`{requests: {cpu: 500m, memory: 6Gi}, limits: {memory: 8Gi}}`, nil, `{"requests":{"cpu":"500m","memory":"6Gi"},"limits":{"memory":"8Gi"}}`},
		"derives the rest when the resources change":     {`{limits: {cpu: "1"}}`, func(r *v1alpha1.ResourceRequirements) { r.Limits["cpu"] = resource.MustParse("2") }, `{"limits":{"cpu":"2"},"requests":{"memory":"10Gi"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, stack))
			old.Spec.Ollama.Resources = nil
			require.NoError(t, yaml.Unmarshal([]byte(tc.resources), &old.Spec.Ollama.Resources))
			assert.True(t, old.Defaulted())
			d := old.DeepCopy()
			d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "codellama:13b")
			if tc.update != nil {
				tc.update(d.Spec.Ollama.Resources)
			}
			d.DefaultUpdate(old)
			got, err := json.Marshal(d.Spec.Ollama.Resources)
			require.NoError(t, err)
			assert.JSONEq(t, tc.want, string(got))
		})
	}
}

// Memory that was derived while the context counted with a device, too, stays until another change of the
// spec changes what is derived.
func TestMemoryOfAnEarlierFormula(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		update func(*v1alpha1.OllamaSpec)
		want   string
	}{
		"other field":  {func(o *v1alpha1.OllamaSpec) { o.ImageTag = new("0.9") }, "37Gi"},
		"larger model": {func(o *v1alpha1.OllamaSpec) { o.Models = append(o.Models, "codellama:13b") }, "10Gi"},
		"no device":    {func(o *v1alpha1.OllamaSpec) { o.Resources.Limits = nil }, "37Gi"},
		"limit":        {func(o *v1alpha1.OllamaSpec) { o.Resources.Limits["memory"] = resource.MustParse("64Gi") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Parse(t, stack)
			setSettings("contextLength: 32768, parallel: 2")(d)
			d.Spec.Ollama.Resources = &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("1")}}
			old := fixtures.Defaulted(d)
			old.Spec.Ollama.Resources.Requests["memory"] = resource.MustParse("37Gi")
			after := old.DeepCopy()
			tc.update(&after.Spec.Ollama)
			after.DefaultUpdate(old)
			memory := after.Spec.Ollama.Resources.Requests["memory"]
			if tc.want == "" {
				assert.Zero(t, memory)
				return
			}
			assert.Equal(t, tc.want, memory.String())
		})
	}
}
