// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/test/golden"
)

func example() *Report {
	const hostile = "a\x1b[31m\u202e\nb"
	r := &Report{CRDs: []CRD{
		{Name: "safe", Installed: true, Served: []string{"v1alpha1"}, Stored: []string{"v1alpha1"}, Notes: []Finding{{"v1alpha1.spec.a", "default value added"}}},
		{Name: "unsafe", Installed: true, Served: []string{"v1alpha1"}, Stored: []string{"v1alpha1"}, Unsafe: []Finding{{"v1alpha1.spec.b", "removed field"}}},
		{Name: "same", Installed: true, Served: []string{"v1alpha1"}, Stored: []string{"v1alpha1"}},
		{Name: "new", Served: []string{"v1alpha1"}},
	}}
	r.Add(Object{Kind: v1alpha1.Kind, Namespace: "team", Name: "good"})
	r.Add(Object{Kind: v1alpha1.Kind, Namespace: "team", Name: "warned", Warnings: []Finding{{"spec.ollama.imageTag", "floats"}}})
	r.Add(Object{
		Kind: v1alpha1.Kind, Namespace: "team", Name: "bad",
		Refused:   []Finding{{"spec.a", hostile}},
		Lost:      []string{"spec." + hostile},
		Tolerated: []Finding{{"spec.b", "Forbidden: not allowed"}},
		Warnings:  []Finding{{"spec.c", hostile}},
		Changes:   []plan.Field{{Path: "spec.d", After: json.RawMessage(`"` + strings.Repeat("x", 100) + `"`)}, {Path: "spec.e"}},
		Components: []plan.Component{
			{Name: v1alpha1.ComponentOllama, Effect: plan.Restarts, Because: []string{"spec.d"}, Differences: []string{"containers[ollama].image"}, Downtime: "its volume can be used by one pod at a time"},
			{Name: v1alpha1.ComponentTabby, Effect: plan.Starts},
		},
		Children:  []plan.Child{{Kind: "Deployment", Name: "bad-ollama", Action: plan.Changed}, {Kind: "Service", Name: "bad-tabby", Action: plan.Created}},
		Models:    []plan.Model{{Name: "llama2:7b", Effect: plan.PulledAnew}},
		Addresses: []plan.Address{{Component: v1alpha1.ComponentOllama, Action: plan.Deleted, Before: "LoadBalancer port 80"}},
		Claims:    []plan.Claim{{Name: "bad-ollama", Action: plan.Retained}},
	})
	return r
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	for name, warnings := range map[string]bool{"report.txt": false, "warnings.txt": true} {
		var out strings.Builder
		require.NoError(t, example().WriteText(&out, warnings, false))
		golden.Equal(t, filepath.Join("testdata", name), out.String())
	}
}

func TestFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		object  Object
		crds    []CRD
		reasons []Reason
		want    bool
	}{
		"nothing":                    {reasons: Reasons},
		"refused":                    {object: Object{Refused: []Finding{{"a", "b"}}}, want: true},
		"loses a field":              {object: Object{Lost: []string{"a"}}, want: true},
		"unsafe CRD":                 {crds: []CRD{{Unsafe: []Finding{{"a", "b"}}}}, want: true},
		"safe CRD":                   {crds: []CRD{{Notes: []Finding{{"a", "b"}}}}},
		"tolerated":                  {object: Object{Tolerated: []Finding{{"a", "b"}}}},
		"tolerated, fails":           {object: Object{Tolerated: []Finding{{"a", "b"}}}, reasons: []Reason{Tolerated}, want: true},
		"tolerated, fails otherwise": {object: Object{Tolerated: []Finding{{"a", "b"}}}, reasons: []Reason{Restart, Change, Warning}},
		"warning, fails":             {object: Object{Warnings: []Finding{{"a", "b"}}}, reasons: []Reason{Warning}, want: true},
		"default, fails":             {object: Object{Changes: []plan.Field{{Path: "a"}}}, reasons: []Reason{Change}, want: true},
		"child, fails":               {object: Object{Children: []plan.Child{{Name: "a"}}}, reasons: []Reason{Change}, want: true},
		"restart, fails":             {object: Object{Components: []plan.Component{{Effect: plan.Restarts}}}, reasons: []Reason{Restart}, want: true},
		"stop, fails":                {object: Object{Components: []plan.Component{{Effect: plan.Stops}}}, reasons: []Reason{Restart}, want: true},
		"scale, no restart":          {object: Object{Components: []plan.Component{{Effect: plan.Scales}}}, reasons: []Reason{Restart}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Report{CRDs: tc.crds}
			r.Add(tc.object)
			assert.Equal(t, tc.want, r.Fails(tc.reasons))
		})
	}
}
