// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// newerNamespace is the namespace of the objects that only this version stores.
const newerNamespace = "newer"

// back replaces this version by the earlier one.
func (u *upgrade) back(t *testing.T, v version, earlier build) {
	u.store(t, newerNamespace, readAll(t, filepath.Join("testdata", "newer.yaml")))
	u.settled(t)
	before := u.observe(t)
	schema := earlier.schema(t)
	stored := u.stored(t)
	for _, object := range stored {
		prune(object.Object, schema)
	}
	u.replace(t, earlier, stored)
	after := u.observe(t)
	// The earlier version renders what only this one knows without it.
	maps.DeleteFunc(before.deployments, func(name string, _ appsv1.Deployment) bool { return strings.HasPrefix(name, newerNamespace+"/") })
	t.Run("restarts what the changelog names", func(t *testing.T) { assertRestarts(t, v.back, before, after) })
	t.Run("loses fields that the earlier version does not have", func(t *testing.T) {
		lost := 0
		for name, spec := range before.specs {
			known := map[string]any{"spec": runtime.DeepCopyJSONValue(spec)}
			lost += prune(known, schema)
			before.specs[name] = known["spec"]
		}
		t.Logf("%d fields were lost", lost)
		assertNothingLost(t, before, after)
	})
}

// prune removes the fields that a schema does not have, as the API server does, and returns their number.
func prune(object map[string]any, schema *structuralschema.Structural) int {
	return len(pruning.PruneWithOptions(object, schema, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}))
}

// schema returns the schema of the version's OllamaDeployments.
func (b build) schema(t *testing.T) *structuralschema.Structural {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.root, "config", "crd", "bases", "llm.geeper.io_ollamadeployments.yaml"))
	require.NoError(t, err)
	crd := &apiextensionsv1.CustomResourceDefinition{}
	require.NoError(t, yaml.UnmarshalStrict(data, crd))
	props := &apiextensions.JSONSchemaProps{}
	require.NoError(t, apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, props, nil))
	schema, err := structuralschema.NewStructural(props)
	require.NoError(t, err)
	assert.NotEmpty(t, schema.Properties)
	return schema
}
