// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/kube-openapi/pkg/util/proto"
	"k8s.io/kube-openapi/pkg/util/proto/validation"
)

// kubernetesVersions has the versions that the manifests have to be valid for.
var kubernetesVersions = []string{"v1.37.2", "v1.36.3", "v1.35.4"}

// The manifests of built-in kinds have neither unknown nor missing fields. Custom resources are
// validated by the API server in other tests.
func TestManifestsMatchSchemas(t *testing.T) {
	t.Parallel()
	manifests := map[string]string{
		"default": kustomize(t, "default"), "self-signed": kustomize(t, "self-signed"), "namespaced": kustomize(t, "namespaced"),
		"chart": chart(t, "llm", "--set=certificates.source=selfSigned,watchNamespaces={a,b}"),
	}
	for _, version := range kubernetesVersions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			models, names := schemas(t, version)
			for source, text := range manifests {
				checked := 0
				for key, object := range objects(t, text) {
					schema, found := names[object["apiVersion"].(string)+" "+object["kind"].(string)]
					if !found {
						assert.Contains(t, key, "cert-manager.io/", "%s does not have this kind", version)
						continue
					}
					checked++
					assert.Empty(t, validation.ValidateModel(object, models.LookupModel(schema), key), source)
				}
				assert.Greater(t, checked, 20)
			}
		})
	}
}

func TestSchemaValidationFindsUnknownFields(t *testing.T) {
	t.Parallel()
	models, names := schemas(t, kubernetesVersions[0])
	object := map[string]any{"apiVersion": "v1", "kind": "Service", "spec": map[string]any{"prots": []any{}}}
	assert.NotEmpty(t, validation.ValidateModel(object, models.LookupModel(names["v1 Service"]), "x"))
}

// schemas returns the OpenAPI schemas of a version of Kubernetes, and the names of those schemas by
// API version and kind.
func schemas(t *testing.T, version string) (proto.Models, map[string]string) {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", "k8s.io/kubernetes@"+version)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	require.NoError(t, err, string(out))
	var module struct{ Dir string }
	require.NoError(t, json.Unmarshal(out, &module))
	data, err := os.ReadFile(filepath.Join(module.Dir, "api", "openapi-spec", "swagger.json"))
	require.NoError(t, err)
	document, err := openapi_v2.ParseDocument(data)
	require.NoError(t, err)
	models, err := proto.NewOpenAPIData(document)
	require.NoError(t, err)

	var swagger struct {
		Definitions map[string]struct {
			Kinds []struct{ Group, Version, Kind string } `json:"x-kubernetes-group-version-kind"`
		}
	}
	require.NoError(t, json.Unmarshal(data, &swagger))
	names := map[string]string{}
	for name, definition := range swagger.Definitions {
		for _, kind := range definition.Kinds {
			names[strings.TrimPrefix(kind.Group+"/", "/")+kind.Version+" "+kind.Kind] = name
		}
	}
	return models, names
}
