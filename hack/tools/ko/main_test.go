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

// The archive holds an image that runs the operator, as nobody, and a bill of
// materials stands beside it.
func TestImage(t *testing.T) {
	out := t.TempDir()
	// With the paths left in, what other tests have compiled is used again.
	require.NoError(t, run(t.Context(), filepath.Join("..", "..", ".."), out, "example.com/operator:v1", []string{"linux/" + runtime.GOARCH}, false))
	assert.FileExists(t, filepath.Join(out, "manager-linux-"+runtime.GOARCH+".spdx.json"))

	folder := filepath.Join(out, "layout")
	unpack(t, filepath.Join(out, "image.tar"), folder)
	index, err := layout.ImageIndexFromPath(folder)
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

// help is what the image's program says when it is asked for its flags.
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

func unpack(t *testing.T, path, folder string) {
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
		target := filepath.Join(folder, header.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o700))
		data, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(target, data, 0o600))
	}
}
