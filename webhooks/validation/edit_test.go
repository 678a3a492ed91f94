// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Each phrase is read as it is written, whatever its values are.
func TestPhrasesAreRead(t *testing.T) {
	t.Parallel()
	at := field.NewPath("a")
	for _, value := range []string{"x", "", `"`, `\`, `a"? b`, "é\n", `; did you mean "y"?`} {
		for name, tc := range map[string]struct {
			message string
			want    []Edit
		}{
			"meant":     {"x" + sayMeant.say(value), []Edit{{Op: Replace, Path: "a", Value: value}}},
			"in quotes": {sayInQuotes.say(value), []Edit{{Op: Replace, Path: "a", Value: value}}},
			"image":     {sayImageAndTag.say("b", value), []Edit{{Op: Replace, Path: "a", Value: "b"}, {Op: Add, Path: "a", Key: "imageTag", Value: value}}},
		} {
			assert.Equal(t, tc.want, Edits(field.Invalid(at, nil, tc.message)), "%s %q", name, value)
		}
	}
	for message, want := range map[string]Edit{
		"x" + sayMeantMode.say(0o644, 0o644):      {Op: Replace, Path: "a", Value: json.Number("420")},
		"x; " + sayWithoutQuotes.say("false"):     {Op: Replace, Path: "a", Value: false},
		sayWithoutQuotes.say("-1"):                {Op: Replace, Path: "a", Value: json.Number("-1")},
		"must be a list" + sayInList.say():        {Op: Wrap, Path: "a"},
		sayEmpty.say():                            {Op: Remove, Path: "a"},
		"x" + sayLeaveOut.say("b.c"):              {Op: Remove, Path: "a"},
		"x" + sayRemove.say():                     {Op: Remove, Path: "a"},
		strings.Repeat("x", 9) + didYouMean("ok"): {Op: Replace, Path: "a", Value: "ok"},
	} {
		assert.Equal(t, []Edit{want}, Edits(field.Invalid(at, nil, message)), message)
	}
	for _, message := range []string{"", "x", "x" + didYouMean(""), didYouMean("b") + " (tolerated)", cut(didYouMean(strings.Repeat("x", maxText)))} {
		assert.Empty(t, Edits(field.Invalid(at, nil, message)), message)
	}
	assert.Equal(t, []Edit{{Op: Rename, Path: "a[mem]", Key: "memory"}}, Edits(field.Invalid(at.Key("mem"), "mem", didYouMean("memory"))))
	assert.Equal(t, []Edit{{Op: Replace, Path: "a[memory]", Value: "8Gi"}}, Edits(field.Invalid(at.Key("memory"), "8gib", didYouMean("8Gi"))))
}

func TestApply(t *testing.T) {
	t.Parallel()
	const object = `{"a": {"b": [1, 2, {"c.d": 3}], "e.f/g": 4}}`
	for name, tc := range map[string]struct {
		edit Edit
		want string // "" if the edit is not possible
	}{
		"replace":                        {Edit{Op: Replace, Path: "a.e.f/g", Value: "x"}, `{"a": {"b": [1, 2, {"c.d": 3}], "e.f/g": "x"}}`},
		"replace an entry":               {Edit{Op: Replace, Path: "a.b[1]", Value: true}, `{"a": {"b": [1, true, {"c.d": 3}], "e.f/g": 4}}`},
		"rename":                         {Edit{Op: Rename, Path: "a[e.f/g]", Key: "h"}, `{"a": {"b": [1, 2, {"c.d": 3}], "h": 4}}`},
		"rename to a field that exists":  {Edit{Op: Rename, Path: "a[e.f/g]", Key: "b"}, ""},
		"rename an entry":                {Edit{Op: Rename, Path: "a.b[0]", Key: "b"}, ""},
		"remove":                         {Edit{Op: Remove, Path: "a.b[2].c.d"}, `{"a": {"b": [1, 2, {}], "e.f/g": 4}}`},
		"remove an entry":                {Edit{Op: Remove, Path: "a.b[0]"}, `{"a": {"b": [2, {"c.d": 3}], "e.f/g": 4}}`},
		"add":                            {Edit{Op: Add, Path: "a.b", Key: "h", Value: "x"}, `{"a": {"b": [1, 2, {"c.d": 3}], "e.f/g": 4, "h": "x"}}`},
		"add a field that exists":        {Edit{Op: Add, Path: "a.b", Key: "e.f/g", Value: "x"}, ""},
		"wrap":                           {Edit{Op: Wrap, Path: "a.e.f/g"}, `{"a": {"b": [1, 2, {"c.d": 3}], "e.f/g": [4]}}`},
		"a field that does not exist":    {Edit{Op: Remove, Path: "a.x"}, ""},
		"an entry that does not exist":   {Edit{Op: Remove, Path: "a.b[3]"}, ""},
		"an index that is not a number":  {Edit{Op: Remove, Path: "a.b[x]"}, ""},
		"a field of a number":            {Edit{Op: Remove, Path: "a.e.f/g.x"}, ""},
		"no path":                        {Edit{Op: Remove}, ""},
		"a path that ends in the middle": {Edit{Op: Remove, Path: "a.b[0"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var decoded map[string]any
			require.NoError(t, json.Unmarshal([]byte(object), &decoded))
			assert.Equal(t, tc.want != "", tc.edit.Apply(decoded))
			got, err := json.Marshal(decoded)
			require.NoError(t, err)
			if tc.want == "" {
				tc.want = object
			}
			assert.JSONEq(t, tc.want, string(got))
		})
	}
}

// kept has the errors of the rules that stay the same after what they suggest, with the reason.
var kept = map[string]string{
	"spec.tabby.modelName":                  "the model is valid then, but not one of the list",
	"spec.tabby.resources.requests[memory]": "the limit has the same error",
}

// What an error suggests removes it, in all cases of the rules.
func TestSuggestionsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, tc := range fixtures.Rules(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			opts := Options{AllowHostPath: tc.AllowHostPath, AllowServiceAccounts: tc.AllowServiceAccounts, AllowPrivilegedPods: tc.AllowPrivilegedPods}
			data, err := yaml.YAMLToJSON([]byte(tc.Object("stack")))
			require.NoError(t, err)
			for _, found := range errorsOf(t, data, opts) {
				edits := Edits(found)
				assert.False(t, strings.Contains(found.Detail, "did you mean") && edits == nil, found)
				var object map[string]any
				require.NoError(t, unmarshalNumbers(data, &object))
				applied := len(edits) > 0
				for _, e := range edits {
					applied = e.Apply(object) && applied
				}
				if !applied {
					continue
				}
				changed, err := json.Marshal(object)
				require.NoError(t, err)
				for _, after := range errorsOf(t, changed, opts) {
					same := after.Field == found.Field && after.Type == found.Type && edits[0].Op != Remove
					assert.True(t, !same || kept[after.Field] != "", "%v: %v", edits, after)
				}
			}
		})
	}
}

// errorsOf returns the errors of a new object in JSON.
func errorsOf(t *testing.T, data []byte, opts Options) field.ErrorList {
	t.Helper()
	d, decodeErrs, err := Decode(data)
	require.NoError(t, err)
	_, errs := ValidateCreate(fixtures.Defaulted(d), decodeErrs, opts)
	return errs
}

func TestEditString(t *testing.T) {
	t.Parallel()
	var got []string
	for _, e := range []Edit{
		{Op: Replace, Path: "a", Value: "x\n"},
		{Op: Replace, Path: "a", Value: json.Number("1")},
		{Op: Replace, Path: "a", Value: true},
		{Op: Rename, Path: "a[b]", Key: "c"},
		{Op: Remove, Path: "a"},
		{Op: Wrap, Path: "a"},
		{Op: Add, Path: "a", Key: "b", Value: "x"},
	} {
		got = append(got, fmt.Sprint(e))
	}
	assert.Equal(t, []string{`a becomes "x\n"`, "a becomes 1", "a becomes true", "a[b] becomes c", "a is removed", "a becomes a list", `b: "x" is added beside a`}, got)
}
