// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// The number of errors is limited.
func TestTypeErrorsAreLimited(t *testing.T) {
	t.Parallel()
	object := `{"spec":{"ollama":{"models":[` + strings.TrimSuffix(strings.Repeat("1,", 100_000), ",") + `]}}}`
	_, mistakes, err := Decode([]byte(object))
	require.NoError(t, err)
	assert.Len(t, mistakes, maxTypeErrors)
}

func TestNeedsRepair(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{"a":1}`: false, `{"a":1.5}`: true, `{"a":1e3}`: true, `{"a":-0.5}`: true, `{"a":"1.5"}`: false,
		`{"1.5":true,"b":false}`: false, `{"a":"\"1.5"}`: false, `{"a":"\\","b":1.5}`: true, `[1,true,2E5]`: true,
		`{"a": null,"b":null}`: false, `{"a":[ null]}`: true, `["", null]`: true, "[1,\n null]": true, `["null"]`: false, `{"a":1, "null":2}`: false,
	} {
		assert.Equal(t, want, needsRepair([]byte(text)), text)
	}
}

func TestNotAmong(t *testing.T) {
	t.Parallel()
	at := func(path string) *field.Error { return &field.Error{Type: field.ErrorTypeInvalid, Field: path} }
	known := field.ErrorList{at("spec.a.limits[cpu]"), at("spec.b")}
	errs := field.ErrorList{at("spec.a.limits.cpu"), at("spec.a.limits"), at("spec.a.limits.cpus"), at("spec.b.c[0]"), at("spec.bc")}
	assert.Equal(t, field.ErrorList{at("spec.a.limits.cpus"), at("spec.bc")}, NotAmong(known, errs))
}

// Repairing a valid object does not change it, and decoding does not panic.
func FuzzDecode(f *testing.F) {
	for _, sample := range fixtures.Samples() {
		data, err := json.Marshal(fixtures.Sample(f, sample))
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Add(`{"spec":{"ollama":{"models":["a:1"],"replicas":2.0,"resources":{"limits":{"cpu":1e2,"memory":"x"}}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		d, mistakes, err := Decode([]byte(text))
		if err != nil || len(mistakes) > 0 {
			return
		}
		repaired, errs, err := repair([]byte(text))
		require.NoError(t, err)
		assert.Empty(t, errs)
		again, _, err := Decode(repaired)
		require.NoError(t, err)
		want, err := json.Marshal(d.Spec)
		require.NoError(t, err)
		got, err := json.Marshal(again.Spec)
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(got))
	})
}
