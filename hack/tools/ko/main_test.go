// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The archive contains an image that runs the operator as an unprivileged user. A bill of materials is
// written next to it.
func TestImage(t *testing.T) {
	out := t.TempDir()
	// Without -trimpath, the build cache of other tests is used.
	require.NoError(t, run(t.Context(), filepath.Join("..", "..", ".."), out, "example.com/operator:v1", []string{"linux/" + runtime.GOARCH}, false))
	assert.FileExists(t, filepath.Join(out, "manager-linux-"+runtime.GOARCH+".spdx.json"))

	dir := filepath.Join(out, "layout")
	unpack(t, filepath.Join(out, "image.tar"), dir)
	index, err := layout.ImageIndexFromPath(dir)
	require.NoError(t, err)
	manifest, err := index.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifest.Manifests, 1)
	assert.Equal(t, "example.com/operator:v1", manifest.Manifests[0].Annotations["io.containerd.image.name"])
	image, err := index.Image(manifest.Manifests[0].Digest)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, "65532:65532", config.Config.User)
	require.Equal(t, []string{"/ko-app/manager"}, config.Config.Entrypoint)
	assert.Contains(t, help(t, image), "-webhook-cert-dir")
}

// help returns the output of the image's program with -h.
func help(t *testing.T, image v1.Image) string {
	t.Helper()
	files := mutate.Extract(image)
	defer files.Close()
	archive := tar.NewReader(files)
	for {
		header, err := archive.Next()
		require.NoError(t, err, "the program is not in the image")
		if header.Name != "/ko-app/manager" && header.Name != "ko-app/manager" {
			continue
		}
		program := filepath.Join(t.TempDir(), "manager")
		data, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(program, data, 0o700))
		text, err := exec.CommandContext(t.Context(), program, "-h").CombinedOutput()
		require.NoError(t, err)
		return string(text)
	}
}

func unpack(t *testing.T, path, dir string) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	archive := tar.NewReader(file)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		target := filepath.Join(dir, header.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o700))
		data, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(target, data, 0o600))
	}
}
