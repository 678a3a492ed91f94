// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"encoding/json"
	"fmt"
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

	"github.com/geeper-io/llm-operator/test/cluster"
)

// kubernetesVersions returns the versions that are supported, a patch version of each minor one: that of hack/k8s
// and those of its list of others, the newest first.
func kubernetesVersions(t *testing.T) []string {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	dir := filepath.Join(root, "hack", "k8s")
	current := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	current.Dir = dir
	version, err := current.Output()
	require.NoError(t, err)
	list, err := os.ReadFile(filepath.Join(dir, "versions.txt"))
	require.NoError(t, err)
	versions := []string{strings.TrimSpace(string(version))}
	for line := range strings.Lines(string(list)) {
		if minor, patch, found := strings.Cut(strings.TrimSpace(line), " "); found && minor != "#" {
			require.True(t, strings.HasPrefix(patch, "v"+minor+"."), line)
			versions = append(versions, patch)
		}
	}
	return versions
}

// The six latest minor versions are supported: the chart accepts the oldest of them and no older one, and the
// documentation has all of them.
func TestSupportedVersions(t *testing.T) {
	t.Parallel()
	versions := kubernetesVersions(t)
	require.Len(t, versions, 6)
	root, err := cluster.Root()
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join(root, "docs", "kubernetes.md"))
	require.NoError(t, err)
	for _, version := range versions {
		assert.Contains(t, string(page), "\n| "+minor(version)+" |")
	}
	oldest := minor(versions[len(versions)-1])
	chart(t, "llm", "--kube-version="+oldest+".0")
	var number int
	_, err = fmt.Sscanf(oldest, "1.%d", &number)
	require.NoError(t, err)
	_, err = try(t, "helm", "template", "llm", "charts/llm-operator", fmt.Sprintf("--kube-version=1.%d.14", number-1))
	require.ErrorContains(t, err, "chart requires kubeVersion: >="+oldest+".0-0")
}

// minor returns the minor version of a version: 1.32 of v1.32.13.
func minor(version string) string {
	return strings.TrimPrefix(version[:strings.LastIndex(version, ".")], "v")
}

// The manifests of built-in kinds have neither unknown nor missing fields. Custom resources are
// validated by the API server in other tests.
func TestManifestsMatchSchemas(t *testing.T) {
	t.Parallel()
	manifests := map[string]string{
		"default": kustomize(t, "default"), "self-signed": kustomize(t, "self-signed"), "namespaced": kustomize(t, "namespaced"),
		"chart": chart(t, "llm", "--set=certificates.source=selfSigned,watchNamespaces={a,b}"),
	}
	for _, version := range kubernetesVersions(t) {
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
	models, names := schemas(t, kubernetesVersions(t)[0])
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
