// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entries returns the entries of an archive by their names.
func entries(t *testing.T, archive io.Reader) (headers []*tar.Header, contents map[string][]byte) {
	t.Helper()
	contents = map[string][]byte{}
	for r := tar.NewReader(archive); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return headers, contents
		}
		require.NoError(t, err)
		headers = append(headers, header)
		contents[header.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
}

// unpacked writes the files of an archive to a directory.
func unpacked(t *testing.T, archive []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	_, contents := entries(t, bytes.NewReader(archive))
	for name, data := range contents {
		if !strings.HasSuffix(name, "/") {
			path := filepath.Join(dir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
	}
	return dir
}

// imagesOf returns the images that tools find in the archive: those of the index, and that of
// manifest.json.
func imagesOf(t *testing.T, archive []byte, digest string) map[string]v1.Image {
	t.Helper()
	outer, err := layout.ImageIndexFromPath(unpacked(t, archive))
	require.NoError(t, err)
	require.NoError(t, validate.Index(outer, validate.Fast))
	manifest, err := outer.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifest.Manifests, 1)
	assert.Equal(t, map[string]string{"io.containerd.image.name": "docker.io/library/models:latest", "org.opencontainers.image.ref.name": "latest"}, manifest.Manifests[0].Annotations)
	assert.Nil(t, manifest.Manifests[0].Platform)
	assert.Equal(t, digest, manifest.Manifests[0].Digest.String())
	inner, err := outer.ImageIndex(manifest.Manifests[0].Digest)
	require.NoError(t, err)
	manifest, err = inner.IndexManifest()
	require.NoError(t, err)
	images := map[string]v1.Image{}
	for _, m := range manifest.Manifests {
		images[m.Platform.String()], err = inner.Image(m.Digest)
		require.NoError(t, err)
	}
	images["docker save"], err = tarball.Image(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil }, nil)
	require.NoError(t, err)
	return images
}

// The archive has the files of the models and nothing else, for all architectures and in both formats.
func TestArchive(t *testing.T) {
	t.Parallel()
	files := threeModels(t)
	addModel(t, files, library+"other/1", "not packed")
	image, archive := packed(t, files, "llama3.2:3b", "all-minilm:22m", "localhost:5000/me/mine:latest")
	images := imagesOf(t, archive, image.Digest())
	assert.Equal(t, []string{"docker save", "linux/amd64", "linux/arm64"}, slices.Sorted(maps.Keys(images)))
	want := threeModels(t)
	for platform, image := range images {
		config, err := image.ConfigFile()
		require.NoError(t, err)
		if platform != "docker save" {
			assert.Equal(t, platform, config.Platform().String())
		}
		history := make([]string, 0, len(config.History))
		for _, h := range config.History {
			history = append(history, h.CreatedBy)
		}
		assert.Equal(t, []string{"kubectl llm pack llama3.2:3b", "kubectl llm pack all-minilm:22m", "kubectl llm pack localhost:5000/Me/Mine:latest"}, history)
		layers, err := image.Layers()
		require.NoError(t, err)
		require.Len(t, layers, 3)
		seen := map[string][]byte{}
		for _, l := range layers {
			requireDigest(t, l)
			in, err := l.Uncompressed()
			require.NoError(t, err)
			_, contents := entries(t, in)
			for name, data := range contents {
				if !strings.HasSuffix(name, "/") {
					assert.NotContains(t, seen, name, "no file is in two layers")
					seen[name] = data
				}
			}
		}
		assert.Len(t, seen, len(want), platform)
		for name, file := range want {
			assert.Equal(t, file.Data, seen["models/"+name], name)
		}
	}
	for _, l := range image.layers {
		requireDigest(t, l)
	}
}

// requireDigest requires that an uncompressed layer has the digest that it claims to have.
func requireDigest(t *testing.T, l v1.Layer) {
	t.Helper()
	in, err := l.Uncompressed()
	require.NoError(t, err)
	got, _, err := v1.SHA256(in)
	require.NoError(t, err)
	want, err := l.DiffID()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestParseTag(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"models":                          "models:latest",
		"models:1":                        "models:1",
		"docker.io/me/models:1":           "me/models:1",
		"registry.example.com:5000/a/b:c": "registry.example.com:5000/a/b:c",
	} {
		tag, err := ParseTag(name)
		require.NoError(t, err)
		assert.Equal(t, want, tag.String())
	}
	for name, want := range map[string]string{
		"":       "invalid reference format",
		"a b":    "invalid reference format",
		"Models": "invalid reference format: repository name (library/Models) must be lowercase",
		"models@sha256:" + strings.Repeat("0", 64): "must not have a digest",
	} {
		_, err := ParseTag(name)
		require.EqualError(t, err, want, name)
	}
}
