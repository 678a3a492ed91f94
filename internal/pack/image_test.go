// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// packed returns the image of the models, and its archive.
func packed(t testing.TB, files fs.FS, names ...ollama.ModelName) (*Image, []byte) {
	t.Helper()
	folder := NewFolder(files)
	all, err := folder.Models()
	require.NoError(t, err)
	found := make([]Model, 0, len(names))
	for _, name := range names {
		m, ok := Find(all, name)
		require.True(t, ok, name)
		found = append(found, m)
	}
	image, err := New(t.Context(), folder, found, nil)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, image.Write(t.Context(), &out, models(t)))
	return image, out.Bytes()
}

func models(t testing.TB) Tag {
	t.Helper()
	tag, err := ParseTag("models")
	require.NoError(t, err)
	return tag
}

// Entries of layers are sorted, and have neither times nor owners.
func TestLayer(t *testing.T) {
	t.Parallel()
	image, _ := packed(t, threeModels(t), "llama3.2:3b", "all-minilm:22m")
	in, err := image.layers[1].Uncompressed()
	require.NoError(t, err)
	headers, _ := entries(t, in)
	var got []string
	for _, h := range headers {
		assert.Equal(t, time.Unix(0, 0), h.ModTime, h.Name)
		assert.Zero(t, h.Uid+h.Gid, h.Name)
		assert.Empty(t, h.Uname+h.Gname, h.Name)
		got = append(got, h.FileInfo().Mode().String()+" "+h.Name)
	}
	blobs := []string{"-r--r--r-- models/" + descriptorOf("config of all-minilm").file(), "-r--r--r-- models/" + descriptorOf("weights of all-minilm").file()}
	slices.Sort(blobs)
	assert.Equal(t, append([]string{
		"dr-xr-xr-x models/",
		"dr-xr-xr-x models/blobs/",
		"dr-xr-xr-x models/manifests/",
		"dr-xr-xr-x models/manifests/registry.ollama.ai/",
		"dr-xr-xr-x models/manifests/registry.ollama.ai/library/",
		"dr-xr-xr-x models/manifests/registry.ollama.ai/library/all-minilm/",
		"-r--r--r-- models/" + library + "all-minilm/22m",
	}, blobs...), got)
	assert.Equal(t, []int64{image.layers[0].size, image.layers[1].size}, image.Sizes())
}

// Folders with the same models result in the same archive, however and whenever they were written.
func TestReproducible(t *testing.T) {
	t.Parallel()
	files := threeModels(t)
	write := func(names []string, mode fs.FileMode, modified time.Time) fs.FS {
		dir := t.TempDir()
		for _, name := range names {
			path := filepath.Join(dir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700|mode))
			require.NoError(t, os.WriteFile(path, files[name].Data, mode))
			require.NoError(t, os.Chtimes(path, modified, modified))
		}
		return os.DirFS(dir)
	}
	sorted := slices.Sorted(maps.Keys(files))
	first := write(sorted, 0o600, time.Now())
	slices.Reverse(sorted)
	second := write(append(sorted, sorted[0]), 0o640, time.Unix(1, 0))
	a, archiveA := packed(t, first, "llama3.2:3b", "all-minilm:22m")
	b, archiveB := packed(t, second, "llama3.2:3b", "all-minilm:22m")
	assert.Equal(t, a.Digest(), b.Digest())
	assert.True(t, bytes.Equal(archiveA, archiveB))
	// Another version of this program, or of Go, is not to change the digests of images, which would
	// have all layers pushed and pulled again.
	assert.Equal(t, "sha256:4baf73a7d4fe5fa6083bc3da113dd55aa54d1aa5e5d6ce60552bee9ba80bed6e", a.Digest())

	c, _ := packed(t, first, "llama3.2:3b")
	assert.Equal(t, a.layers[0].digest, c.layers[0].digest, "a layer does not depend on later models")
}

// A blob that changes between both passes is not packed.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(files fstest.MapFS, file string)
		want   string
	}{
		"other contents": {
			func(files fstest.MapFS, file string) {
				files[file] = &fstest.MapFile{Data: []byte("weights of llama3.3")}
			},
			"llama3.2:3b: the model was changed while it was packed",
		},
		"another size": {
			func(files fstest.MapFS, file string) { files[file] = &fstest.MapFile{Data: []byte("weights")} },
			descriptorOf("weights of llama3.2").file() + ": was changed while the model was packed",
		},
		"deleted": {
			func(files fstest.MapFS, file string) { delete(files, file) },
			descriptorOf("weights of llama3.2").file() + ": file does not exist",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := threeModels(t)
			image, _ := packed(t, files, "llama3.2:3b")
			c.change(files, descriptorOf("weights of llama3.2").file())
			require.EqualError(t, image.Write(t.Context(), io.Discard, models(t)), c.want)
		})
	}
}

// Both passes end with the context, and report how much is done.
func TestProgressAndInterrupt(t *testing.T) {
	t.Parallel()
	folder := NewFolder(threeModels(t))
	all, err := folder.Models()
	require.NoError(t, err)
	var shares []float64
	image, err := New(t.Context(), folder, all, func(_ ollama.ModelName, share float64) { shares = append(shares, share) })
	require.NoError(t, err)
	tag, err := ParseTag("a/b:c")
	require.NoError(t, err)
	assert.InDelta(t, 0.5, shares[len(shares)-1], 1e-9)
	require.NoError(t, image.Write(t.Context(), io.Discard, tag))
	assert.InDelta(t, 1, shares[len(shares)-1], 1e-9)
	assert.True(t, slices.IsSorted(shares))

	ctx, cancel := context.WithCancel(t.Context())
	_, err = New(ctx, folder, all, func(ollama.ModelName, float64) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, image.Write(ctx, io.Discard, tag), context.Canceled)
}
