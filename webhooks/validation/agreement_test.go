// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// schemaPatterns has the regular expressions in the schema by validate tag. Our other tags check more
// than an expression can.
var schemaPatterns = map[string]string{
	"ollama_model":   ollama.ModelNamePattern,
	"image_tag":      imageTagRegexp.String(),
	"keep_alive":     v1alpha1.KeepAlivePattern,
	registryHostTag:  v1alpha1.RegistryHostPattern,
	"route_duration": v1alpha1.RouteDurationPattern,
}

// Bounds, enums, patterns and defaults of the Go types and the CRD schema are equal, and descriptions
// state the defaults.
func TestTypesAndSchemaAgree(t *testing.T) {
	t.Parallel()
	version := crdVersion(t, "ollamadeployments")
	table := fixtures.Defaults(t)
	unset := fixtures.Parse(t, table.Object)
	w := walk{t: t, unset: fixtures.ToMap(t, unset), defaulted: fixtures.ToMap(t, fixtures.Defaulted(unset))}
	w.object("spec", reflect.TypeFor[v1alpha1.OllamaDeploymentSpec](), version.Schema.OpenAPIV3Schema.Properties["spec"])
	assert.Greater(t, w.fields, 40, "few fields were visited")
	for _, row := range table.Defaults {
		if row.Default != nil {
			assert.NotNil(t, fixtures.LookUp(w.defaulted, row.Field), "%s of the reference", row.Field)
		}
	}
}

// The deprecated kind differs only in its name.
func TestAliasHasTheSameSchema(t *testing.T) {
	t.Parallel()
	alias, kind := crdVersion(t, "deployments"), crdVersion(t, "ollamadeployments")
	for _, version := range []*apiextensionsv1.CustomResourceDefinitionVersion{alias, kind} {
		version.Schema.OpenAPIV3Schema.Description = ""
		for _, name := range []string{"metadata", "spec", "status"} {
			property := version.Schema.OpenAPIV3Schema.Properties[name]
			property.Description = ""
			version.Schema.OpenAPIV3Schema.Properties[name] = property
		}
	}
	assert.Equal(t, kind, alias)
}

func crdVersion(t *testing.T, resource string) *apiextensionsv1.CustomResourceDefinitionVersion {
	t.Helper()
	data, err := os.ReadFile("../../config/crd/bases/llm.geeper.io_" + resource + ".yaml")
	require.NoError(t, err)
	var crd apiextensionsv1.CustomResourceDefinition
	require.NoError(t, yaml.UnmarshalStrict(data, &crd))
	require.Len(t, crd.Spec.Versions, 1)
	return &crd.Spec.Versions[0]
}

type walk struct {
	t                *testing.T
	unset, defaulted map[string]any
	fields           int
}

func (w *walk) object(path string, typ reflect.Type, schema apiextensionsv1.JSONSchemaProps) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		property, found := schema.Properties[name]
		if assert.True(w.t, found, "%s.%s is not in the schema", path, name) {
			w.field(path+"."+name, f, property)
		}
	}
	assert.Len(w.t, schema.Properties, typ.NumField(), "%s of the schema has other fields", path)
}

func (w *walk) field(path string, f reflect.StructField, schema apiextensionsv1.JSONSchemaProps) {
	w.fields++
	tag := f.Tag.Get("validate")
	own, elements, _ := strings.Cut(tag, ",dive,")
	assert.Equal(w.t, bounds(own, f.Type), boundsOf(schema), "%s: tag %q", path, tag)
	if elements != "" {
		assert.Equal(w.t, bounds(elements, f.Type.Elem()), boundsOf(*schema.Items.Schema), "%s: tag %q", path, tag)
	}
	w.defaults(path, schema)
	typ := f.Type
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() == reflect.Struct && typ.PkgPath() == f.Type.PkgPath() || strings.HasPrefix(typ.PkgPath(), "github.com/geeper-io/") && typ.Kind() == reflect.Struct {
		w.object(path, typ, schema)
	}
}

// defaults asserts that the schema's default is that of Default, and that the description states it.
// Fields of services and ingresses have no default in the schema.
func (w *walk) defaults(path string, schema apiextensionsv1.JSONSchemaProps) {
	filled := fixtures.LookUp(w.unset, path) == nil && fixtures.LookUp(w.defaulted, path) != nil
	if filled && !strings.Contains(path, ".resources.") { // the description of resources states them
		assert.Contains(w.t, strings.Join(strings.Fields(schema.Description), " "), "Defaults to", "%s", path)
	}
	if schema.Default != nil {
		var value any
		require.NoError(w.t, json.Unmarshal(schema.Default.Raw, &value))
		assert.Equal(w.t, fixtures.LookUp(w.defaulted, path), value, "%s: default", path)
		assert.Contains(w.t, schema.Description, fmt.Sprint(value), "%s: description", path)
	}
	static := filled && slices.Contains([]string{"replicas", "image", "imageTag"}, path[strings.LastIndex(path, ".")+1:])
	assert.False(w.t, static && schema.Default == nil, "%s has no default in the schema", path)
}

// bounds returns the bounds in the validate tag of a field, by their names in the schema.
func bounds(tag string, typ reflect.Type) map[string]string {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	names := map[string]string{"min": "minimum", "max": "maximum"}
	switch typ.Kind() {
	case reflect.String:
		names = map[string]string{"min": "minLength", "max": "maxLength"}
	case reflect.Slice:
		names = map[string]string{"min": "minItems", "max": "maxItems"}
	case reflect.Map:
		names = map[string]string{"max": "maxProperties"}
	}
	out := map[string]string{}
	for _, rule := range strings.Split(tag, ",") {
		name, parameter, _ := strings.Cut(rule, "=")
		switch {
		case names[name] != "":
			out[names[name]] = parameter
		case name == "oneof":
			values := strings.Fields(parameter)
			slices.Sort(values)
			out["enum"] = strings.Join(values, " ")
		case schemaPatterns[name] != "":
			out["pattern"] = schemaPatterns[name]
		}
	}
	return out
}

// boundsOf returns the bounds in the schema of a field.
func boundsOf(schema apiextensionsv1.JSONSchemaProps) map[string]string {
	out := map[string]string{}
	for word, value := range map[string]*float64{"minimum": schema.Minimum, "maximum": schema.Maximum} {
		if value != nil {
			out[word] = strconv.FormatFloat(*value, 'f', -1, 64)
		}
	}
	for word, value := range map[string]*int64{
		"minLength": schema.MinLength, "maxLength": schema.MaxLength, "minItems": schema.MinItems, "maxItems": schema.MaxItems,
		"maxProperties": schema.MaxProperties,
	} {
		if value != nil {
			out[word] = strconv.FormatInt(*value, 10)
		}
	}
	var values []string
	for _, value := range schema.Enum {
		values = append(values, strings.Trim(string(value.Raw), `"`))
	}
	slices.Sort(values)
	if len(values) > 0 {
		out["enum"] = strings.Join(values, " ")
	}
	if schema.Pattern != "" {
		out["pattern"] = schema.Pattern
	}
	return out
}
