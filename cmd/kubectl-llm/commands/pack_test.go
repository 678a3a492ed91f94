// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// modelsFolder returns a folder of Ollama that has the models of the library.
func modelsFolder(t testing.TB, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	fixtures.WriteModels(t, dir, names...)
	return dir
}

func TestPack(t *testing.T) {
	t.Parallel()
	folder := modelsFolder(t, "llama2:7b", "llama3:8b")
	file := filepath.Join(t.TempDir(), "image.tar")
	code, out, stderr := run(t, "", "pack", "llama3:8b", "LLAMA2:7b", "library/llama3:8b", "--models", folder, "-o", file)
	require.Zero(t, code, stderr)
	assert.Empty(t, stderr)
	assert.Regexp(t, `\Allama3:8b: \d+ KB\nllama2:7b: \d+ KB\n`+file+`: models:latest@sha256:[0-9a-f]{64}\n\z`, out)
	image, err := tarball.ImageFromPath(file, nil)
	require.NoError(t, err)
	layers, err := image.Layers()
	require.NoError(t, err)
	assert.Len(t, layers, 2)
	assertFiles(t, filepath.Dir(file), "image.tar")

	code, archive, stderr := run(t, "", "pack", "llama3:8b", "llama2:7b", "--models", folder, "--tag", "me/x:1", "-o", "-")
	require.Zero(t, code, stderr)
	assert.Regexp(t, `\Allama3:8b: \d+ KB\nllama2:7b: \d+ KB\nme/x:1@sha256:[0-9a-f]{64}\n\z`, stderr)
	assert.Contains(t, archive, `"io.containerd.image.name":"docker.io/me/x:1"`)
	_, digest, _ := strings.Cut(out, "@")
	assert.Contains(t, stderr, "@"+digest, "the name does not change the digest")
}

// assertFiles asserts that the directory has the files and no others.
func assertFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	got := make([]string, 0, len(entries))
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	assert.ElementsMatch(t, want, got)
}

func TestExitStatusOfPack(t *testing.T) {
	t.Parallel()
	folder := modelsFolder(t, "llama2:7b", "llama3:8b")
	many := modelsFolder(t, "a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9", "b:1", "b:2", "b:3")
	empty := t.TempDir()
	file := filepath.Join(empty, "file")
	fixtures.WriteFile(t, file, "")
	damaged := modelsFolder(t, "llama2:7b")
	blob := filepath.Join("blobs", fmt.Sprintf("sha256-%x", sha256.Sum256([]byte("llama2:7b"))))
	fixtures.WriteFile(t, filepath.Join(damaged, blob), "llama2:8b")
	linked := modelsFolder(t, "llama2:7b")
	require.NoError(t, os.RemoveAll(filepath.Join(linked, "blobs")))
	require.NoError(t, os.Symlink(filepath.Join(folder, "blobs"), filepath.Join(linked, "blobs")))
	pack := func(folder string, args ...string) []string {
		return append([]string{"pack", "--models", folder}, args...)
	}
	testExit(t, map[string]exitCase{
		"no model":      {"", pack(folder, "-o", "-"), ExitUsage, "", "error: requires at least 1 arg(s), only received 0; see \"kubectl llm pack --help\"\n"},
		"no output":     {"", pack(folder, "llama2:7b"), ExitUsage, "", "error: no output file specified; use -o FILE, or -o - for standard output\n"},
		"no tag":        {"", pack(folder, "llama2", "-o", "-"), ExitUsage, "", "error: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"?\n"},
		"bad image tag": {"", pack(folder, "llama2:7b", "-o", "-", "--tag", "A:1"), ExitUsage, "", "error: --tag=A:1: invalid reference format: repository name (library/A) must be lowercase\n"},
		"unknown models": {
			"", pack(folder, "llama2:8b", "gemma3:4b", "-o", "-"), ExitUsage, "",
			"error: " + folder + " does not have \"llama2:8b\"; it has [\"llama2:7b\" \"llama3:8b\"]; did you mean \"llama2:7b\"?\n" +
				"error: " + folder + " does not have \"gemma3:4b\"; it has [\"llama2:7b\" \"llama3:8b\"]\n",
		},
		"unknown model of many": {
			"", pack(many, "llama2:7b", "-o", "-"), ExitUsage, "",
			"error: " + many + " does not have \"llama2:7b\"; it has [\"a:1\" \"a:2\" \"a:3\" \"a:4\" \"a:5\" \"a:6\" \"a:7\" \"a:8\" \"a:9\" \"b:1\"] and 2 more\n",
		},
		"no folder":          {"", pack(empty+"/none", "llama2:7b", "-o", "-"), ExitUsage, "", "error: " + empty + "/none: no such file or directory; name Ollama's folder of models with --models\n"},
		"a file as a folder": {"", pack(file, "llama2:7b", "-o", "-"), ExitUsage, "", "error: " + file + ": not a directory; name Ollama's folder of models with --models\n"},
		"empty folder":       {"", pack(empty, "llama2:7b", "-o", "-"), ExitUsage, "", "error: " + empty + " has no models; pull them with \"ollama pull MODEL\", or name another folder with --models\n"},
		"damaged blob": {
			"", pack(damaged, "llama2:7b", "-o", filepath.Join(empty, "image.tar")), ExitUsage, "",
			fmt.Sprintf("error: llama2:7b: %s: is damaged, its digest is sha256:%x; delete it and pull the model again\n", blob, sha256.Sum256([]byte("llama2:8b"))),
		},
		"blobs outside of the folder": {"", pack(linked, "llama2:7b", "-o", "-"), ExitUsage, "", "error: llama2:7b: " + blob + ": path escapes from parent\n"},
		"a directory as output":       {"", pack(folder, "llama2:7b", "-o", empty), ExitInvalid, "", "error: writing " + empty + ": is a directory, must be a file\n"},
		"output in no directory":      {"", pack(folder, "llama2:7b", "-o", empty+"/none/x"), ExitInvalid, "", "error: writing " + empty + "/none/x: no such file or directory\n"},
		"output below a file":         {"", pack(folder, "llama2:7b", "-o", file+"/x"), ExitInvalid, "", "error: writing " + file + "/x: not a directory\n"},
	})
	t.Cleanup(func() { assertFiles(t, empty, "file") })
}

// The number of layers of an image is limited.
func TestPackTooMany(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 126 {
		names = append(names, fmt.Sprintf("m:%d", i))
	}
	args := append([]string{"pack", "-o", "-", "--models", modelsFolder(t, names...)}, names...)
	code, _, stderr := run(t, "", args...)
	assert.Equal(t, ExitUsage, code)
	assert.Equal(t, "error: an image can have 125 models, not 126; pack them into several images\n", stderr)
}

// A file that exists keeps its mode, and links to it stay. If packing fails, it is unchanged.
func TestPackReplaces(t *testing.T) {
	t.Parallel()
	folder := modelsFolder(t, "llama2:7b")
	dir := t.TempDir()
	file, link := filepath.Join(dir, "image.tar"), filepath.Join(dir, "link")
	fixtures.WriteFile(t, file, "old")
	require.NoError(t, os.Chmod(file, 0o640)) //nolint:gosec // the mode is checked below
	require.NoError(t, os.Symlink(file, link))
	fixtures.WriteFile(t, filepath.Join(folder, "manifests", "registry.ollama.ai", "library", "broken", "1"), "{")

	code, _, _ := run(t, "", "pack", "broken:1", "--models", folder, "-o", link)
	assert.Equal(t, ExitUsage, code)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "old", string(data))

	code, _, stderr := run(t, "", "pack", "llama2:7b", "--models", folder, "-o", link)
	require.Zero(t, code, stderr)
	info, err := os.Lstat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode())
	assert.Greater(t, info.Size(), int64(3))
	assertFiles(t, dir, "image.tar", "link")

	code, _, stderr = run(t, "", "pack", "llama2:7b", "--models", folder, "-o", os.DevNull)
	assert.Zero(t, code, stderr)
}

// The progress is one line of a terminal, which is written when it changes.
func TestPackProgress(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := &packPrinter{progressPrinter: newProgressPrinter(&out)}
	p.print("llama2:7b", 0.5)
	assert.Empty(t, out.String(), "not a terminal")
	p = &packPrinter{progressPrinter: newProgressPrinter(&out)}
	p.width = 46
	for _, share := range []float64{0, 0.001, 0.5, 1} {
		p.print("llama2:7b", share)
	}
	p.end()
	assert.Equal(t, "llama2:7b: Packing [>                   ] 0%"+
		"\r\x1b[Kllama2:7b: Packing [==========>         ] 50%"+
		"\r\x1b[Kllama2:7b: Packing [====================] 100"+
		"\r\x1b[K", out.String())
}

// The folder is that of Ollama unless it is named.
func TestPackFolder(t *testing.T) { // not parallel, because it sets variables
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("OLLAMA_MODELS", "")
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".ollama"), 0o750))
	require.NoError(t, os.Rename(modelsFolder(t, "home:1"), filepath.Join(home, ".ollama", "models")))
	_, out, _ := run(t, "", "__complete", "pack", "")
	assert.Contains(t, out, "home:1\n")
	code, _, stderr := run(t, "", "pack", "home:1", "-o", "-")
	assert.Zero(t, code, stderr)
	t.Setenv("OLLAMA_MODELS", modelsFolder(t, "variable:1"))
	code, _, stderr = run(t, "", "pack", "variable:1", "-o", "-")
	assert.Zero(t, code, stderr)
	code, _, stderr = run(t, "", "pack", "flag:1", "-o", "-", "--models", modelsFolder(t, "flag:1"))
	assert.Zero(t, code, stderr)
}
