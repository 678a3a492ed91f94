// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestCheckSize(t *testing.T) {
	t.Parallel()
	list := func(entries int, entry string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(entry+",", entries), ",") + "]"
	}
	for name, tc := range map[string]struct{ object, old, err string }{
		"list of the maximum length":                {object: string(fixtures.EqualModels(1000))},
		"list above the maximum length":             {object: string(fixtures.EqualModels(1001)), err: "spec.ollama.models: Too many: must have at most 1000 entries"},
		"list that exceeds the size":                {object: string(fixtures.EqualModels(450_000)), err: "spec.ollama.models: Too many: must have at most 1000 entries"},
		"list of the maximum size":                  {object: string(fixtures.EqualModels(250_000)), err: "spec.ollama.models: Too many: must have at most 1000 entries"},
		"list in a list":                            {object: `{"spec":{"tabby":{"volumes":[{},{"projected":{"sources":` + list(1001, "0") + `}}]}}}`, err: "spec.tabby.volumes[1].projected.sources: Too many: must have at most 1000 entries"},
		"list in the metadata":                      {object: `{"metadata":{"ownerReferences":` + list(1001, "{}") + `}}`, err: "metadata.ownerReferences: Too many: must have at most 1000 entries"},
		"list of lists":                             {object: `{"a":` + list(900, list(100, "0")) + `}`, err: "object: Too many: must have at most 50000 values"},
		"list of nested lists":                      {object: `{"a":` + list(90, strings.Repeat("[", 1000)+strings.Repeat("]", 1000)) + `}`, err: "object: Too many: must have at most 50000 values"},
		"object with many fields":                   {object: `{"a":{` + strings.TrimSuffix(strings.Repeat(`"k":0,`, 50_000), ",") + `}}`, err: "object: Too many: must have at most 50000 values"},
		"commas in a string":                        {object: `{"a":"` + strings.Repeat(",", 60_000) + `"}`},
		"long string":                               {object: `{"a":"` + strings.Repeat("a", 3<<19) + `"}`, err: "object: Too long: must have at most 1572864 bytes"},
		"invalid JSON":                              {object: `{"a":` + strings.Repeat("0,", 2000)},
		"stored length":                             {object: string(fixtures.EqualModels(2000)), old: string(fixtures.EqualModels(2000))},
		"more than the stored length":               {object: string(fixtures.EqualModels(2001)), old: string(fixtures.EqualModels(2000)), err: "spec.ollama.models: Too many: must have at most 2000 entries"},
		"less than the stored length":               {object: string(fixtures.EqualModels(1500)), old: string(fixtures.EqualModels(2000))},
		"stored list is short":                      {object: string(fixtures.EqualModels(1001)), old: string(fixtures.EqualModels(1)), err: "spec.ollama.models: Too many: must have at most 1000 entries"},
		"stored list is above the limit of updates": {object: string(fixtures.EqualModels(250_000)), old: string(fixtures.EqualModels(250_000)), err: "spec.ollama.models: Too many: must have at most 32000 entries"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got field.ErrorList
			if err := CheckSize([]byte(tc.object), []byte(tc.old)); err != nil {
				got = append(got, err)
			}
			if tc.err == "" {
				assert.Empty(t, got)
				return
			}
			assert.EqualError(t, got.ToAggregate(), tc.err)
		})
	}
}

// Rejecting an object allocates little memory.
func TestCheckSizeStopsEarly(t *testing.T) { // not parallel: it counts allocations
	for name, object := range map[string][]byte{
		"models": fixtures.EqualModels(250_000),
		"values": []byte(`{"a":[` + strings.TrimSuffix(strings.Repeat(`{"k":{}},`, 150_000), ",") + `]}`),
	} {
		allocations := testing.AllocsPerRun(1, func() { _ = CheckSize(object, nil) })
		assert.Less(t, allocations, 20_000.0, name)
	}
	small := bytes.Repeat([]byte(`{"a":0}`), 100)
	assert.Zero(t, testing.AllocsPerRun(10, func() { _ = CheckSize(small, small) }), "small objects are not counted")
}
