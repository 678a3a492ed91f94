// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A linking has Ollama's folder of models, and the directory that images are mounted below.
type linking struct{ models, mounts string }

func newLinking(t *testing.T) linking {
	t.Helper()
	return linking{filepath.Join(t.TempDir(), "models"), t.TempDir()}
}

// hex returns the digest of a layer in these tests.
func hex(layer string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(layer))) }

// modelFiles returns the files of a model of the default registry with the layers.
func modelFiles(name string, layers ...string) map[string]string {
	files := map[string]string{}
	var digests []string
	for _, layer := range layers {
		files["blobs/sha256-"+hex(layer)] = layer
		digests = append(digests, `{"digest":"sha256:`+hex(layer)+`"}`)
	}
	files[manifestOf(name)] = `{"schemaVersion":2,"layers":[` + strings.Join(digests, ",") + `]}`
	return files
}

func manifestOf(name string) string {
	return "manifests/registry.ollama.ai/library/" + strings.Replace(name, ":", "/", 1)
}

// mount adds models to an image that is mounted.
func (l linking) mount(t *testing.T, image string, models ...map[string]string) {
	t.Helper()
	for _, files := range models {
		write(t, filepath.Join(l.mounts, image, "models"), files)
	}
}

func (l linking) command(t *testing.T, shell string, images ...string) *exec.Cmd {
	t.Helper()
	args := []string{filepath.Join("scripts", "link-models.sh"), l.models, l.mounts}
	for _, image := range images {
		args = append(args, filepath.Join(l.mounts, image), image+":1")
	}
	bin := t.TempDir()
	installShell(t, shell, bin)
	cmd := shellCommand(t.Context(), shell, args...)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOSTNAME=ollama-1")
	return cmd
}

func (l linking) run(t *testing.T, shell string, images ...string) string {
	t.Helper()
	out, err := l.command(t, shell, images...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// has returns the names of the models, and what their layers are: "a" for a file, "image/a" for a link to an image.
func (l linking) has(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	manifests, err := filepath.Glob(filepath.Join(l.models, "manifests/*/*/*/*"))
	require.NoError(t, err)
	for _, manifest := range manifests {
		data, err := os.ReadFile(manifest)
		require.NoError(t, err)
		name := filepath.Base(filepath.Dir(manifest)) + ":" + filepath.Base(manifest)
		out[name] = []string{}
		for _, digest := range strings.Split(string(data), "sha256:")[1:] {
			blob := filepath.Join(l.models, "blobs", "sha256-"+digest[:64])
			layer, err := os.ReadFile(blob)
			require.NoError(t, err)
			at := ""
			if target, err := os.Readlink(blob); err == nil {
				image, _, _ := strings.Cut(strings.TrimPrefix(target, l.mounts+"/"), "/")
				at = image + "/"
			}
			out[name] = append(out[name], at+string(layer))
		}
	}
	return out
}

// blobs returns the names of all layers, used or not.
func (l linking) blobs(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(l.models, "blobs"))
	require.NoError(t, err)
	var out []string
	for _, entry := range entries {
		out = append(out, entry.Name())
	}
	return out
}

// What images have is linked beside what was pulled, which stays, and goes with them.
func TestLinkModels(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		l := newLinking(t)
		write(t, l.models, modelFiles("pulled:1b", "shared", "pulled"))
		write(t, l.models, map[string]string{"blobs/sha256-1-partial": ""})
		l.mount(t, "one", modelFiles("one:1b", "shared", "one", "config"), modelFiles("two:1b", "two"))
		l.mount(t, "two", modelFiles("two:1b", "another"), modelFiles("three:1b", "one", "three"), map[string]string{"blobs/other": ""})
		assert.Empty(t, l.run(t, shell, "one", "two"))
		pulled := []string{"shared", "pulled"}
		assert.Equal(t, map[string][]string{
			"pulled:1b": pulled, "one:1b": {"shared", "one/one", "one/config"}, "two:1b": {"one/two"}, "three:1b": {"one/one", "two/three"},
		}, l.has(t))
		before := l.has(t)
		l.run(t, shell, "one", "two")
		assert.Equal(t, before, l.has(t))

		require.NoError(t, os.RemoveAll(filepath.Join(l.mounts, "one")))
		l.run(t, shell, "two")
		assert.Equal(t, map[string][]string{
			"pulled:1b": pulled, "two:1b": {"two/another"}, "three:1b": {"two/one", "two/three"},
		}, l.has(t))

		require.NoError(t, os.RemoveAll(filepath.Join(l.mounts, "two")))
		l.run(t, shell)
		assert.Equal(t, map[string][]string{"pulled:1b": pulled}, l.has(t))
		assert.ElementsMatch(t, []string{"sha256-1-partial", "sha256-" + hex("shared"), "sha256-" + hex("pulled")}, l.blobs(t))
		left, err := os.ReadDir(l.models)
		require.NoError(t, err)
		assert.Len(t, left, 2, "only blobs and manifests")
	})
}

// A model that was pulled over that of an image, as updates are, stays as far as it has its layers; one that used
// layers of the image goes with them.
func TestLinkModelsPulledOver(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		l := newLinking(t)
		l.mount(t, "one", modelFiles("a:1b", "old"), modelFiles("b:1b", "base", "old"))
		l.run(t, shell, "one")
		write(t, l.models, modelFiles("a:1b", "new"))
		write(t, l.models, map[string]string{manifestOf("b:1b"): modelFiles("b:1b", "base", "new")[manifestOf("b:1b")]})
		assert.Equal(t, modelFiles("a:1b", "old")[manifestOf("a:1b")], files(t, filepath.Join(l.mounts, "one", "models"))[manifestOf("a:1b")],
			"a manifest is not written through a link")
		l.run(t, shell, "one")
		assert.Equal(t, map[string][]string{"a:1b": {"new"}, "b:1b": {"one/base", "new"}}, l.has(t))
		require.NoError(t, os.RemoveAll(filepath.Join(l.mounts, "one")))
		l.run(t, shell)
		assert.Equal(t, map[string][]string{"a:1b": {"new"}}, l.has(t))
	})
}

// An image that has other layers under the same name is used anew.
func TestLinkModelsOfMovedTag(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		l := newLinking(t)
		l.mount(t, "one", modelFiles("a:1b", "old"))
		l.run(t, shell, "one")
		require.NoError(t, os.RemoveAll(filepath.Join(l.mounts, "one")))
		l.mount(t, "one", modelFiles("a:1b", "new"))
		l.run(t, shell, "one")
		assert.Equal(t, map[string][]string{"a:1b": {"one/new"}}, l.has(t))
	})
}

// The operator deletes what is younger than the list of models, which no model of an image is. Links of others stay.
func TestLinkedModelsAreOld(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		l := newLinking(t)
		l.mount(t, "one", modelFiles("a:1b", "a"))
		require.NoError(t, os.MkdirAll(filepath.Join(l.models, "blobs"), 0o700))
		foreign := filepath.Join(l.models, "blobs", "sha256-"+hex("foreign"))
		require.NoError(t, os.Symlink("/nowhere", foreign))
		l.run(t, shell, "one")
		info, err := os.Stat(filepath.Join(l.models, manifestOf("a:1b")))
		require.NoError(t, err)
		assert.Equal(t, 1970, info.ModTime().UTC().Year())
		assert.Less(t, info.ModTime(), time.Unix(0, 0).AddDate(0, 0, 3))
		assert.True(t, slices.Contains(l.blobs(t), filepath.Base(foreign)))
	})
}

// An image without models is named, and so is a model that lacks a layer, without which it is not linked.
func TestLinkModelsOfBadImages(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		l := newLinking(t)
		require.NoError(t, os.MkdirAll(filepath.Join(l.mounts, "bad"), 0o700))
		out, err := l.command(t, shell, "bad").CombinedOutput()
		require.Error(t, err)
		assert.Equal(t, "the image bad:1 has no models: it must have the folders /models/manifests and /models/blobs\n", string(out))

		l.mount(t, "one", modelFiles("a:1b", "a"), modelFiles("cut:1b", "a", "b"))
		require.NoError(t, os.Remove(filepath.Join(l.mounts, "one/models/blobs/sha256-"+hex("b"))))
		assert.Equal(t, "one:1 lacks layers of registry.ollama.ai/library/cut/1b: sha256-"+hex("b")+" \n", l.run(t, shell, "one"))
		assert.Equal(t, map[string][]string{"a:1b": {"one/a"}}, l.has(t))

		require.NoError(t, os.RemoveAll(l.models))
		require.NoError(t, os.WriteFile(l.models, nil, 0o600))
		require.Error(t, l.command(t, shell, "one").Run(), "a folder that nobody can write to")
	})
}

// When no image is left, there is no init container: the process that pulls removes what is left of them, before it
// looks for the listed models.
func TestPullModelsRemovesLinks(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, []string{"a:1b"}, "a:1b")
		l := linking{models: filepath.Join(f.dir, ".ollama", "models"), mounts: "/var/lib/llm-operator/images"}
		write(t, l.models, modelFiles("a:1b", "a"))
		blob := filepath.Join(l.models, "blobs", "sha256-"+hex("a"))
		require.NoError(t, os.Remove(blob))
		require.NoError(t, os.Symlink(l.mounts+"/0123456789abcdef/models/blobs/"+filepath.Base(blob), blob))
		out, err := f.command(t.Context(), "pull-models.sh", "--run").CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Empty(t, l.has(t))
		assert.Empty(t, l.blobs(t))
	})
}
