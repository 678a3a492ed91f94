// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// TestPace observes a model of 10 GB every five seconds and estimates at the end.
func TestPace(t *testing.T) {
	t.Parallel()
	slow := make([]string, 0, 300)
	for i := range 300 {
		slow = append(slow, fmt.Sprintf("%d%%", i/60))
	}
	for name, tc := range map[string]struct {
		progress   []string
		rate, left string
	}{
		"one status":                      {[]string{"10%"}, "", ""},
		"too little progress":             {[]string{"10%", "11%"}, "", ""},
		"steady":                          {[]string{"10%", "12%", "14%", "16%"}, "40 MB/s", "3m30s"},
		"no progress yet":                 {[]string{"", "", ""}, "", ""},
		"not a percentage":                {[]string{"10%", "x", "1000%"}, "", ""},
		"pull that starts again":          {[]string{"90%", "95%", "5%"}, "", ""},
		"pull that goes on after it":      {[]string{"90%", "5%", "7%", "9%"}, "40 MB/s", "3m48s"},
		"a minute is averaged":            {[]string{"1%", "2%", "20%", "38%", "40%", "41%", "42%", "43%", "44%", "45%", "46%", "47%", "48%", "49%", "50%"}, "50 MB/s", "100s"},
		"slow: several steps are kept":    {slow, "333 KB/s", "8h"},
		"overdue progress lowers it":      {[]string{"10%", "20%", "20%", "20%", "20%", "20%", "20%", "20%"}, "33 MB/s", "4m"},
		"pull that ended":                 {[]string{"10%", "50%", "done"}, "", ""},
		"pull that started after one end": {[]string{"10%", "50%", "done", "60%"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p Pace
			at := time.Unix(0, 0)
			m := v1alpha1.ModelStatus{Name: "a:1", Size: resource.NewScaledQuantity(10, resource.Giga)}
			for i, progress := range tc.progress {
				m.Progress, m.Phase = progress, v1alpha1.ModelPulling
				if progress == "done" {
					m.Progress, m.Phase = "", v1alpha1.ModelPulled
				}
				at = time.Unix(int64(5*i), 0)
				p.Observe(&v1alpha1.OllamaDeployment{
					Spec:   v1alpha1.OllamaDeploymentSpec{Ollama: v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"a:1"}}},
					Status: v1alpha1.OllamaDeploymentStatus{Models: []v1alpha1.ModelStatus{m}},
				}, at)
			}
			e := p.estimate(m, at)
			assert.Equal(t, tc.rate, e.rate())
			assert.Equal(t, tc.left, e.remaining())
		})
	}
}

// Without a size there is a remaining time, but no rate; and what nobody waits for is not estimated.
func TestPaceWithoutSize(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	p := Pace{samples: map[v1alpha1.OllamaModel][]sample{"a:1": {{start, 10}, {start.Add(time.Minute), 20}}}}
	m := v1alpha1.ModelStatus{Name: "a:1"}
	e := p.estimate(m, start.Add(time.Minute))
	assert.Empty(t, e.rate())
	assert.Equal(t, "8m", e.remaining())
	assert.Zero(t, p.estimate(m, start.Add(24*time.Hour)))
	assert.Zero(t, (*Pace)(nil).estimate(m, start))
}
