// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package repository

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// parse reads YAML into a value.
func parse[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	require.NoError(t, yaml.Unmarshal([]byte(text), &value))
	return value
}

type chart struct {
	Version     string            `json:"version"`
	AppVersion  string            `json:"appVersion"`
	Annotations map[string]string `json:"annotations"`
}

// What the chart tells Artifact Hub is what it installs.
func TestArtifactHub(t *testing.T) {
	t.Parallel()
	metadata := parse[chart](t, read(t, "charts/llm-operator/Chart.yaml"))
	about := func(name string) string {
		text, found := metadata.Annotations["artifacthub.io/"+name]
		require.True(t, found, name)
		return text
	}
	assert.Equal(t, "true", about("operator"))
	assert.Equal(t, "true", about("prerelease"), "nothing is released")
	assert.Equal(t, "Apache-2.0", about("license"))
	assert.Contains(t, read(t, "LICENSE"), "Apache License\n                           Version 2.0")

	values := parse[struct {
		Image struct {
			Repository string `json:"repository"`
		} `json:"image"`
	}](t, read(t, "charts/llm-operator/values.yaml"))
	assert.Equal(t, []map[string]string{{"name": "llm-operator", "image": values.Image.Repository + ":" + metadata.AppVersion}},
		parse[[]map[string]string](t, about("images")))

	for _, link := range parse[[]map[string]string](t, about("links")) {
		assert.NotEmpty(t, link["name"])
		if file, isFile := strings.CutPrefix(link["url"], "https://github.com/geeper-io/llm-operator/blob/main/"); isFile {
			assert.NotEmpty(t, read(t, file))
		}
	}
	assert.Equal(t, []any{parse[any](t, read(t, "config/samples/minimal.yaml"))}, parse[[]any](t, about("crdsExamples")))
}

// The chart names the CustomResourceDefinitions that it installs, and describes them.
func TestArtifactHubCRDs(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(root, "config/crd/bases/*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var want []string
	for _, path := range paths {
		crd := parse[struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
			Spec struct {
				Names struct {
					Kind string `json:"kind"`
				} `json:"names"`
				Versions []struct {
					Name string `json:"name"`
				} `json:"versions"`
			} `json:"spec"`
		}](t, read(t, strings.TrimPrefix(path, root+"/")))
		for _, version := range crd.Spec.Versions {
			want = append(want, crd.Spec.Names.Kind+" "+version.Name+" "+crd.Metadata.Name)
		}
	}
	metadata := parse[chart](t, read(t, "charts/llm-operator/Chart.yaml"))
	var got []string
	for _, crd := range parse[[]map[string]string](t, metadata.Annotations["artifacthub.io/crds"]) {
		got = append(got, crd["kind"]+" "+crd["version"]+" "+crd["name"])
		assert.NotEmpty(t, crd["displayName"])
		assert.NotEmpty(t, crd["description"])
	}
	assert.Equal(t, want, got)
}
