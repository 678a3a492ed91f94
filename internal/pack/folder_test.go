// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// library is the folder of the manifests of Ollama's library.
const library = "manifests/registry.ollama.ai/library/"

// addModel adds a model to the files: a manifest at the path, and its blobs, of which the first is the
// configuration.
func addModel(t testing.TB, files fstest.MapFS, manifest string, blobs ...string) {
	t.Helper()
	descriptors := make([]descriptor, 0, len(blobs))
	for _, blob := range blobs {
		d := descriptorOf(blob)
		files[d.file()] = &fstest.MapFile{Data: []byte(blob), Mode: 0o644}
		descriptors = append(descriptors, d)
	}
	data, err := json.Marshal(map[string]any{"schemaVersion": 2, "config": descriptors[0], "layers": descriptors[1:]})
	require.NoError(t, err)
	files[manifest] = &fstest.MapFile{Data: data, Mode: 0o644}
}

func descriptorOf(blob string) descriptor {
	return descriptor{Digest: digestOf(blob), Size: int64(len(blob))}
}

// threeModels returns a folder of three models, two of which share a blob.
func threeModels(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	addModel(t, files, library+"llama3.2/3b", "config of llama3.2", "weights of llama3.2", "license")
	addModel(t, files, library+"all-minilm/22m", "config of all-minilm", "weights of all-minilm", "license")
	addModel(t, files, "manifests/localhost:5000/Me/Mine/latest", "config of mine", strings.Repeat("weights of mine", 100_000))
	return files
}

func names(models []Model) []string {
	out := make([]string, 0, len(models))
	for _, m := range models {
		out = append(out, string(m.Name))
	}
	return out
}

func TestModels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		add  []string
		want []string
	}{
		"the models":                          {nil, []string{"localhost:5000/Me/Mine:latest", "all-minilm:22m", "llama3.2:3b"}},
		"a model of another namespace":        {[]string{"manifests/registry.ollama.ai/me/x/1"}, []string{"localhost:5000/Me/Mine:latest", "all-minilm:22m", "llama3.2:3b", "me/x:1"}},
		"files that are no manifests":         {[]string{"manifests/.DS_Store", library + ".DS_Store", library + "x/.DS_Store", "manifests/a/b"}, []string{"localhost:5000/Me/Mine:latest", "all-minilm:22m", "llama3.2:3b"}},
		"files below the place of a manifest": {[]string{library + "x/1/y", library + "x/2/y/z"}, []string{"localhost:5000/Me/Mine:latest", "all-minilm:22m", "llama3.2:3b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := threeModels(t)
			for _, file := range c.add {
				files[file] = &fstest.MapFile{}
			}
			got, err := NewFolder(files).Models()
			require.NoError(t, err)
			assert.Equal(t, c.want, names(got))
		})
	}
	got, err := NewFolder(fstest.MapFS{}).Models()
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestFind(t *testing.T) {
	t.Parallel()
	files := threeModels(t)
	files[library+"Llama3.2/3B"] = &fstest.MapFile{}
	files[library+"x/latest"] = &fstest.MapFile{}
	all, err := NewFolder(files).Models()
	require.NoError(t, err)
	for name, want := range map[ollama.ModelName]string{
		"llama3.2:3b":                          library + "llama3.2/3b",
		"Llama3.2:3B":                          library + "Llama3.2/3B",
		"LLAMA3.2:3B":                          library + "Llama3.2/3B",
		"registry.ollama.ai/library/x:LATEST":  library + "x/latest",
		"x:local":                              library + "x/latest",
		"LOCALHOST:5000/me/mine:latest":        "manifests/localhost:5000/Me/Mine/latest",
		"me/mine:latest":                       "",
		"llama3.2:latest":                      "",
		"../../llama3.2:3b":                    "",
		"registry.ollama.ai/library/x/y:local": "",
	} {
		m, found := Find(all, name)
		assert.Equal(t, want != "", found, "%s", name)
		assert.Equal(t, want, m.manifest, "%s", name)
	}
}

// What is wrong with a folder is said with the name of the model and the path of the file.
func TestDamagedFolder(t *testing.T) {
	t.Parallel()
	const manifest = library + "llama3.2/3b"
	weights := descriptorOf("weights of llama3.2")
	file := weights.file()
	other := descriptorOf("weights of llama3.3")
	for name, c := range map[string]struct {
		damage func(files fstest.MapFS)
		want   string
	}{
		"a blob that is missing": {
			func(files fstest.MapFS) { delete(files, file) },
			file + ": file does not exist; pull the model again",
		},
		"a blob of another size": {
			func(files fstest.MapFS) { files[file] = &fstest.MapFile{Data: []byte("weights")} },
			file + ": has 7 bytes, but must have 19 by the manifest; delete it and pull the model again",
		},
		"a blob with other contents": {
			func(files fstest.MapFS) { files[file] = &fstest.MapFile{Data: []byte("weights of llama3.3")} },
			file + ": is damaged, its digest is " + other.Digest + "; delete it and pull the model again",
		},
		"a blob that is a link": {
			func(files fstest.MapFS) {
				files[file] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}
			},
			file + ": is a symbolic link, must be a regular file",
		},
		"a blob that is a directory": {
			func(files fstest.MapFS) { files[file] = &fstest.MapFile{Mode: fs.ModeDir} },
			file + ": is a directory, must be a regular file",
		},
		"a blob that is a pipe": {
			func(files fstest.MapFS) { files[file] = &fstest.MapFile{Mode: fs.ModeNamedPipe} },
			file + ": must be a regular file",
		},
		"a manifest that is a link": {
			func(files fstest.MapFS) {
				files[manifest] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}
			},
			manifest + ": is a symbolic link, must be a regular file",
		},
		"a manifest that is too long": {
			func(files fstest.MapFS) { files[manifest] = &fstest.MapFile{Data: make([]byte, maxManifest+1)} },
			manifest + ": has more than 4194304 bytes",
		},
		"a manifest that is not JSON": {
			func(files fstest.MapFS) { files[manifest] = &fstest.MapFile{Data: []byte("<html>")} },
			manifest + ": is not a manifest: invalid character '<' looking for beginning of value",
		},
		"a manifest with a path instead of a digest": {
			func(files fstest.MapFS) {
				files[manifest] = &fstest.MapFile{Data: []byte(`{"layers":[{"digest":"sha256:../../etc/passwd"}]}`)}
			},
			manifest + `: layers[0].digest: "sha256:../../etc/passwd" must be "sha256:" and 64 hexadecimal digits in lower case`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := threeModels(t)
			all, err := NewFolder(files).Models()
			require.NoError(t, err)
			c.damage(files)
			model, found := Find(all, "llama3.2:3b")
			require.True(t, found)
			_, err = New(t.Context(), NewFolder(files), []Model{model}, nil)
			require.EqualError(t, err, "llama3.2:3b: "+c.want)
		})
	}
}

// Errors of several models are returned together.
func TestDamagedModels(t *testing.T) {
	t.Parallel()
	files := threeModels(t)
	all, err := NewFolder(files).Models()
	require.NoError(t, err)
	license := descriptorOf("license").file()
	delete(files, license)
	_, err = New(t.Context(), NewFolder(files), all, nil)
	require.EqualError(t, err, fmt.Sprintf("all-minilm:22m: %[1]s: file does not exist; pull the model again\nllama3.2:3b: %[1]s: file does not exist; pull the model again", license))
}
