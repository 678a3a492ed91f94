// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin represents standard input as a file name.
const Stdin = "-"

// MaxSize limits the size of a file in bytes. A parsed file takes about 60 times its
// size; the API server accepts requests of up to 3 MiB.
const MaxSize = 16 << 20

// extensions lists the file extensions that are read in directories, as kubectl does.
//
// Source: k8s.io/cli-runtime, pkg/resource (FileExtensions).
var extensions = []string{".json", ".yaml", ".yml"}

// A File contains an unparsed file.
type File struct {
	// Name has the path as the user wrote it, or Stdin.
	Name string
	Data []byte
}

// ReadFiles reads files, the manifests in directories, and stdin where a name is Stdin.
// It reads one file at a time, so that they are not all in memory. Subdirectories are read
// if recursive is set. It stops at the first error.
func ReadFiles(names []string, recursive bool, stdin io.Reader) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, name := range names {
			if !readName(name, recursive, stdin, yield) {
				return
			}
		}
	}
}

func readName(name string, recursive bool, stdin io.Reader, yield func(File, error) bool) bool {
	if name == Stdin {
		data, err := readAll(stdin)
		if err != nil {
			yield(File{}, fmt.Errorf("reading standard input: %w", err))
			return false
		}
		return yield(File{Stdin, data}, nil)
	}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		yield(File{}, fmt.Errorf("%s: URLs are not supported; download the manifest, or pipe it to standard input (-f -)", name))
		return false
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		yield(File{}, pathError(err))
		return false
	case info.IsDir():
		return readDir(name, recursive, yield)
	default:
		return yieldFile(name, yield)
	}
}

func readDir(name string, recursive bool, yield func(File, error) bool) bool {
	stopped := false
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != name && !recursive:
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(extensions, filepath.Ext(path)):
			return nil
		}
		if !yieldFile(path, yield) {
			stopped = true
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		yield(File{}, pathError(err))
		return false
	}
	return !stopped
}

func yieldFile(path string, yield func(File, error) bool) bool {
	data, err := readRegularFile(path)
	if err != nil {
		yield(File{}, err)
		return false
	}
	return yield(File{path, data}, nil)
}

// readRegularFile rejects devices, pipes and sockets, which may block or never end.
func readRegularFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, pathError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is not a regular file; pipe its contents to standard input (-f -)", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, pathError(err)
	}
	defer file.Close()
	data, err := readAll(file)
	if err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			return nil, pathError(err)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err == nil && len(data) > MaxSize {
		return nil, fmt.Errorf("is larger than %d MiB", MaxSize>>20)
	}
	return data, err
}

// pathError puts the path in front of the error, as findings have it.
func pathError(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", failed.Path, failed.Err)
	}
	return err
}
