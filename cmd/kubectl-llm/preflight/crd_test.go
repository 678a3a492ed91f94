// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/config/crd"
)

// ollama returns the schema of spec.ollama of the CRD's only version, whose changes the caller stores.
func ollama(d *apiextensionsv1.CustomResourceDefinition) (schema apiextensionsv1.JSONSchemaProps, store func(apiextensionsv1.JSONSchemaProps)) {
	spec := d.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	return spec.Properties["ollama"], func(changed apiextensionsv1.JSONSchemaProps) {
		spec.Properties["ollama"] = changed
	}
}

// property returns a change of a property of spec.ollama.
func property(name string, change func(*apiextensionsv1.JSONSchemaProps)) func(*apiextensionsv1.CustomResourceDefinition) {
	return func(d *apiextensionsv1.CustomResourceDefinition) {
		schema, _ := ollama(d)
		changed := schema.Properties[name]
		change(&changed)
		schema.Properties[name] = changed
	}
}

func TestCompareCRD(t *testing.T) {
	t.Parallel()
	type definition = apiextensionsv1.CustomResourceDefinition
	type props = apiextensionsv1.JSONSchemaProps
	for name, tc := range map[string]struct {
		// change makes the new CRD of the installed one.
		change        func(*definition)
		unsafe, notes []Finding
	}{
		"no change":   {change: func(*definition) {}},
		"description": {change: property("image", func(p *props) { p.Description = "Other." })},
		"new field": {change: func(d *definition) {
			schema, _ := ollama(d)
			schema.Properties["new"] = props{Type: "string"}
		}},
		"new value":    {change: property("modelUpdatePolicy", func(p *props) { p.Enum = append(p.Enum, apiextensionsv1.JSON{Raw: []byte(`"Weekly"`)}) })},
		"higher limit": {change: property("replicas", func(p *props) { p.Maximum = new(100.0) })},
		"removed field": {
			change: func(d *definition) {
				schema, _ := ollama(d)
				delete(schema.Properties, "settings")
			},
			unsafe: []Finding{{"v1alpha1.spec.ollama.settings", "removed field"}},
		},
		"removed value": {
			change: property("modelRemovalPolicy", func(p *props) { p.Enum = p.Enum[:1] }),
			unsafe: []Finding{{"v1alpha1.spec.ollama.modelRemovalPolicy", `allowed enum values removed: ["Keep"]`}},
		},
		"other type": {
			change: property("replicas", func(p *props) { p.Type = "string" }),
			unsafe: []Finding{{"v1alpha1.spec.ollama.replicas", `type changed: "integer" -> "string"`}},
		},
		"lower limit": {
			change: property("replicas", func(p *props) { p.Maximum = new(5.0) }),
			unsafe: []Finding{{"v1alpha1.spec.ollama.replicas", "maximum decreased: 10 -> 5"}},
		},
		"new required field": {
			change: func(d *definition) {
				schema, store := ollama(d)
				schema.Required = append(schema.Required, "image")
				store(schema)
			},
			unsafe: []Finding{{"v1alpha1.spec.ollama", "new required fields: [image]"}},
		},
		"other scope": {
			change: func(d *definition) { d.Spec.Scope = apiextensionsv1.ClusterScoped },
			unsafe: []Finding{{"", `scope changed: "Namespaced" -> "Cluster"`}},
		},
		"version that objects are stored in": {
			change: func(d *definition) { d.Spec.Versions[0].Name = "v1" },
			unsafe: []Finding{{"v1alpha1", "is no longer served"}, {"", "stored versions removed: [v1alpha1]"}},
		},
		"other default": {
			change: property("imageTag", func(p *props) { p.Default = &apiextensionsv1.JSON{Raw: []byte(`"1"`)} }),
			notes:  []Finding{{"v1alpha1.spec.ollama.imageTag", `default value changed: "\"latest\"" -> "\"1\""`}},
		},
		"other pattern": {
			change: property("imageTag", func(p *props) { p.Pattern = "^1$" }),
			notes:  []Finding{{"v1alpha1.spec.ollama.imageTag", "other rules of the schema change; the stored objects are validated by them"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var installed, next definition
			require.NoError(t, yaml.Unmarshal(crd.OllamaDeployments, &installed))
			require.NoError(t, yaml.Unmarshal(crd.OllamaDeployments, &next))
			installed.Status.StoredVersions = []string{"v1alpha1"}
			tc.change(&next)
			got, err := compare("a", &installed, &next)
			require.NoError(t, err)
			assert.Equal(t, tc.unsafe, got.Unsafe)
			assert.Equal(t, tc.notes, got.Notes)
			assert.Equal(t, []string{"v1alpha1"}, got.Stored)
		})
	}
}

func TestCompareMissingCRD(t *testing.T) {
	t.Parallel()
	got, err := CompareCRD("a", nil)
	require.NoError(t, err)
	assert.Equal(t, CRD{Name: "a", Served: []string{"v1alpha1"}}, got)
}
