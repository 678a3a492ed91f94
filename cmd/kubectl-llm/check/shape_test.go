// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// objectOf returns an object as the API server reads it.
func objectOf(t *testing.T, s *crdSchema, text []byte) map[string]any {
	t.Helper()
	objects, parseErrs := manifest.Parse(manifest.File{Name: "a.yaml", Data: text})
	require.Empty(t, parseErrs)
	require.NotEmpty(t, objects)
	object, _, err := s.read(objects[0].JSON)
	require.NoError(t, err)
	return object
}

// What fits the shape is valid, and what is valid mostly fits.
func TestShape(t *testing.T) {
	t.Parallel()
	s, err := newSchema(crd.OllamaDeploymentsJSON)
	require.NoError(t, err)
	fit, valid := 0, 0
	for _, tc := range fixtures.Rules(t) {
		object := objectOf(t, s, []byte(tc.Object("stack")))
		errs := schemavalidation.ValidateCustomResource(nil, object, s.validator())
		if s.shape().fits(object) {
			fit++
			assert.Empty(t, errs, tc.Name)
		}
		if len(errs) == 0 {
			valid++
		}
	}
	assert.Equal(t, valid, fit)
	assert.Positive(t, fit)
}

// No value in any place makes the shape accept what the validator does not.
func TestShapeAgrees(t *testing.T) {
	t.Parallel()
	s, err := newSchema(crd.OllamaDeploymentsJSON)
	require.NoError(t, err)
	values := []any{
		nil, "", "x", "llama2:7b", "2Gi", "ClusterIP", strings.Repeat("é", 300), true, 1.5, float64(2), int64(-1), int64(0), int64(3), int64(1 << 40),
		[]any{},
		[]any{nil},
		[]any{"x"},
		[]any{map[string]any{}},
		map[string]any{},
		map[string]any{"x": "y"},
		map[string]any{"x": nil},
	}
	for _, sample := range fixtures.Samples() {
		text, err := os.ReadFile(fixtures.SamplePath(sample))
		require.NoError(t, err)
		object := objectOf(t, s, text)
		require.True(t, s.shape().fits(object), sample)
		forEachValue(object, values, func() {
			if s.shape().fits(object) {
				assert.Empty(t, schemavalidation.ValidateCustomResource(nil, object, s.validator()), "%v", object)
			}
		})
	}
}

// forEachValue calls do with each of the values, or nothing, in place of each value of the object, one at a time.
func forEachValue(value any, values []any, do func()) {
	switch value := value.(type) {
	case map[string]any:
		for name, old := range value {
			forEachValue(old, values, do)
			delete(value, name)
			do()
			for _, other := range values {
				value[name] = other
				do()
			}
			value[name] = old
		}
	case []any:
		for i, old := range value {
			forEachValue(old, values, do)
			for _, other := range values {
				value[i] = other
				do()
			}
			value[i] = old
		}
	}
}

// A schema with what a shape does not have is left to the validator.
func TestShapeUnknown(t *testing.T) {
	t.Parallel()
	one := int64(1)
	two := float64(2)
	for name, schema := range map[string]apiextensions.JSONSchemaProps{
		"format":              {Type: "string", Format: "date-time"},
		"multiple":            {Type: "integer", MultipleOf: &two},
		"unique items":        {Type: "array", UniqueItems: true, Items: &apiextensions.JSONSchemaPropsOrArray{Schema: &apiextensions.JSONSchemaProps{Type: "string"}}},
		"exclusive":           {Type: "integer", Minimum: &two, ExclusiveMinimum: true},
		"any of":              {Type: "string", AnyOf: []apiextensions.JSONSchemaProps{{MinLength: &one}}},
		"int or string twice": {XIntOrString: true, AnyOf: []apiextensions.JSONSchemaProps{{Type: "string"}}},
		"no others":           {Type: "object", AdditionalProperties: &apiextensions.JSONSchemaPropsOrBool{}},
	} {
		assert.True(t, newShape(&schema).unknown, name)
	}
}
