// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/hack/release/archive"
)

// makeRelease makes what needs no tools of other modules for the platform of the test, and returns the files by name.
func makeRelease(t *testing.T) map[string][]byte {
	t.Helper()
	out := t.TempDir()
	planned, err := plan("v0.1.0-rc.1", true, checkout{
		changelog: "## Unreleased\n\n### Added\n\n- A field, see [Pods](docs/pods.md).\n", committed: time.Unix(1_700_000_000, 0).UTC(),
	})
	require.NoError(t, err)
	w := &work{release: planned, out: out, platforms: []platform{{runtime.GOOS, runtime.GOARCH}}}
	selected, err := selectSteps("plugin,chart,notes,checksums")
	require.NoError(t, err)
	for _, step := range selected {
		require.NoError(t, step.do(w, t.Context()), step.name)
	}
	files, err := readAll(out)
	require.NoError(t, err)
	byName := map[string][]byte{}
	for _, file := range files {
		byName[file.Name] = file.Data
	}
	return byName
}

// What is made twice has the same bytes; the program runs and knows its version; the checksums are right.
func TestRelease(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	files := makeRelease(t)
	plugin := platform{runtime.GOOS, runtime.GOARCH}.archive("v0.1.0-rc.1")
	const chart = "llm-operator-0.1.0-rc.1.tgz"
	assert.Len(t, files, 6)
	for _, name := range []string{plugin, plugin + ".spdx.json", "llm.yaml", chart, "notes.md", "checksums.txt"} {
		assert.Contains(t, files, name)
	}
	for name, data := range makeRelease(t) {
		assert.True(t, bytes.Equal(files[name], data), "%s differs", name)
	}

	assert.Equal(t, "### Added\n\n- A field, see [Pods](https://github.com/geeper-io/llm-operator/blob/v0.1.0-rc.1/docs/pods.md).\n", string(files["notes.md"]))
	sums := string(files["checksums.txt"])
	assert.Equal(t, 5, strings.Count(sums, "\n"))
	assert.Contains(t, sums, checksum(files[plugin])+"  "+plugin+"\n")
	assert.Contains(t, string(files["llm.yaml"]), "sha256: "+checksum(files[plugin]))
	assert.Contains(t, string(files[plugin+".spdx.json"]), `"pkg:golang/k8s.io/client-go@v`)
	assert.True(t, json.Valid(files[plugin+".spdx.json"]))

	unpacked := unpack(t, files[plugin])
	assert.Contains(t, unpacked, "LICENSE")
	program := filepath.Join(t.TempDir(), "kubectl-llm")
	require.NoError(t, os.WriteFile(program, []byte(unpacked["kubectl-llm"]), 0o700)) //nolint:gosec // an executable
	text, err := exec.Command(program, "version").Output()
	require.NoError(t, err)
	assert.Contains(t, string(text), "kubectl-llm v0.1.0-rc.1\n")
	root, err := os.Getwd()
	require.NoError(t, err)
	assert.NotContains(t, unpacked["kubectl-llm"], root, "the path of the checkout is in the program")

	var metadata map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(unpack(t, files[chart])["llm-operator/Chart.yaml"]), &metadata))
	assert.Equal(t, "0.1.0-rc.1", metadata["version"])
	assert.Equal(t, "v0.1.0-rc.1", metadata["appVersion"])
}

// unpack returns the files of a compressed tar archive.
func unpack(t *testing.T, data []byte) map[string]string {
	t.Helper()
	content, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	reader := tar.NewReader(content)
	files := map[string]string{}
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		text, err := io.ReadAll(reader)
		require.NoError(t, err)
		files[header.Name] = string(text)
	}
}

func TestSelectSteps(t *testing.T) {
	t.Parallel()
	all, err := selectSteps("")
	require.NoError(t, err)
	assert.Len(t, all, len(steps))
	some, err := selectSteps("checksums,chart")
	require.NoError(t, err)
	require.Len(t, some, 2)
	assert.Equal(t, "chart", some[0].name)
	assert.Equal(t, "checksums", some[1].name)
	_, err = selectSteps("charts")
	require.EqualError(t, err, `"charts" is no step; the steps are plugin,chart,manifests,bundle,image,notes,checksums`)
}

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := parse([]byte("# nothing\n---\nkind: A\n---\nkind: B\n"))
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Equal(t, "B", got[1].GetKind())
}

func TestMinKubeVersion(t *testing.T) {
	t.Parallel()
	got, err := minKubeVersion([]byte("name: a\nkubeVersion: \">=1.32.0-0\"\n"))
	require.NoError(t, err)
	assert.Equal(t, "1.32.0", got)
	_, err = minKubeVersion([]byte("kubeVersion: 1.32\n"))
	require.ErrorContains(t, err, "must have a kubeVersion")
}

func TestReadAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a", "b"), []byte("c"), 0o600))
	got, err := readAll(dir)
	require.NoError(t, err)
	assert.Equal(t, []archive.File{{Name: "a/b", Data: []byte("c")}}, got)
}
