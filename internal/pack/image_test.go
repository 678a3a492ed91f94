// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
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

// An endless file has any number of zeros, and counts the largest number that was read at once.
type endless struct {
	fs.File
	largest *int
}

func (e endless) Read(p []byte) (int, error) {
	*e.largest = max(*e.largest, len(p))
	clear(p)
	return len(p), nil
}

// largeFS has one blob of zeros that is not in memory.
type largeFS struct {
	fstest.MapFS
	blob    string
	size    int64
	largest int
}

func (l *largeFS) Open(name string) (fs.File, error) {
	file, err := l.MapFS.Open(name)
	if name == l.blob && err == nil {
		return endless{file, &l.largest}, nil
	}
	return file, err
}

// Lstat implements fs.ReadLinkFS.
func (l *largeFS) Lstat(name string) (fs.FileInfo, error) {
	info, err := l.MapFS.Lstat(name)
	if name == l.blob && err == nil {
		return sized{info, l.size}, nil
	}
	return info, err
}

type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }

// Blobs are read and written in small parts, however large they are, and those of more than 8 GiB, which
// the basic format of archives cannot have, fit.
func TestMemory(t *testing.T) { // not parallel, because it measures the memory of the process
	const size = 64 << 20
	hash, _, err := v1.SHA256(io.LimitReader(endless{largest: new(int)}, size))
	require.NoError(t, err)
	blob := descriptor{hash.String(), size}
	files := &largeFS{MapFS: fstest.MapFS{
		library + "large/1": {Data: []byte(`{"layers":[{"digest":"` + blob.Digest + `","size":67108864}]}`)},
		blob.file():         {},
	}, blob: blob.file(), size: size}
	folder := NewFolder(files)
	all, err := folder.Models()
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	image, err := New(t.Context(), folder, all, nil)
	require.NoError(t, err)
	require.NoError(t, image.Write(t.Context(), io.Discard, models(t)))
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
	assert.LessOrEqual(t, files.largest, 64<<10)

	require.NoError(t, tar.NewWriter(io.Discard).WriteHeader(fileHeader(blob.file(), 100<<30)))
}
