// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package crd_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/test/golden"
)

func TestOllamaDeploymentsJSON(t *testing.T) {
	t.Parallel()
	var definition apiextensionsv1.CustomResourceDefinition
	require.NoError(t, yaml.UnmarshalStrict(crd.OllamaDeployments, &definition))
	for i := range definition.Spec.Versions {
		undescribed(definition.Spec.Versions[i].Schema.OpenAPIV3Schema)
	}
	data, err := json.Marshal(definition)
	require.NoError(t, err)
	golden.Equal(t, "ollamadeployments.json", string(data)+"\n")
}

// undescribed removes the descriptions from the schema.
func undescribed(schema *apiextensionsv1.JSONSchemaProps) {
	schema.Description = ""
	for name, property := range schema.Properties {
		undescribed(&property)
		schema.Properties[name] = property
	}
	if schema.Items != nil {
		undescribed(schema.Items.Schema)
	}
	if schema.AdditionalProperties != nil {
		undescribed(schema.AdditionalProperties.Schema)
	}
}
