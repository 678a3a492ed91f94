// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// Folders below the folder of models.
//
// Source: ollama/ollama, manifest/paths.go, v0.32.15.
const (
	manifestsFolder = "manifests"
	blobsFolder     = "blobs"
)

// depth is the number of parts of a manifest's path: host, namespace, model and tag.
const depth = 4

// A Folder is a folder of models as Ollama keeps it: a manifest for each model, in
// manifests/<host>/<namespace>/<model>/<tag>, and blobs in blobs/sha256-<hex>, which models share.
type Folder struct{ files fs.FS }

// NewFolder returns the folder whose files the file system has.
func NewFolder(files fs.FS) Folder { return Folder{files} }

// A Model is a model of a folder.
type Model struct {
	// Name is the name of the model as Ollama lists it.
	Name ollama.ModelName
	// manifest is the path of its manifest in the folder.
	manifest string
}

// Models returns the models of the folder, sorted by the paths of their manifests. Files whose paths are
// not names of models are left out, as Ollama does; manifests are not read.
//
// Source: ollama/ollama, manifest/manifest.go (Manifests), v0.32.15.
func (f Folder) Models() ([]Model, error) {
	var models []Model
	err := fs.WalkDir(f.files, manifestsFolder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		parts := strings.Split(file, "/")[1:]
		switch {
		case len(parts) < depth:
			return nil
		case entry.IsDir():
			return fs.SkipDir
		}
		name := ollama.ModelName(path.Join(parts[:3]...) + ":" + parts[3])
		if name.IsValid() {
			models = append(models, Model{ollama.ModelName(name.Short()), file})
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // Ollama has not pulled a model yet
	}
	return models, err
}

// Find returns the model among the models, under any of its names and in any case, as Ollama finds it. If
// several differ in case only, one that is spelled like the name comes first.
//
// Source: ollama/ollama, server/routes.go (getExistingName), v0.32.15.
func Find(models []Model, name ollama.ModelName) (Model, bool) {
	name, _ = name.WithoutLocal()
	for _, isSame := range []func(Model) bool{
		func(m Model) bool { return m.Name.Short() == name.Short() },
		func(m Model) bool { return m.Name.IsSame(name) },
	} {
		if at := slices.IndexFunc(models, isSame); at >= 0 {
			return models[at], true
		}
	}
	return Model{}, false
}

// open opens a regular file of the folder, and returns its size.
func (f Folder) open(name string) (fs.File, int64, error) {
	size, err := f.size(name)
	if err != nil {
		return nil, 0, err
	}
	file, err := f.files.Open(name)
	if err != nil {
		return nil, 0, explain(name, err)
	}
	return file, size, nil
}

// size returns the size of a regular file of the folder.
func (f Folder) size(name string) (int64, error) {
	info, err := fs.Lstat(f.files, name)
	if err != nil {
		return 0, explain(name, err)
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return info.Size(), nil
	case mode&fs.ModeSymlink != 0:
		return 0, fmt.Errorf("%s: is a symbolic link, must be a regular file", name)
	case mode.IsDir():
		return 0, fmt.Errorf("%s: is a directory, must be a regular file", name)
	default:
		return 0, fmt.Errorf("%s: must be a regular file", name)
	}
}

// explain returns the cause of an error of the file system, with the name of the file in the folder.
func explain(name string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// read returns the contents of a file that has at most the given number of bytes.
func (f Folder) read(name string, limit int64) ([]byte, error) {
	file, _, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, explain(name, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: has more than %d bytes", name, limit)
	}
	return data, nil
}
