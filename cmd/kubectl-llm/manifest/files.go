// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bytes"
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
		for path, err := range paths(names, recursive) {
			file := File{Name: path}
			switch {
			case err != nil:
			case path == Stdin:
				if file.Data, err = readAll(stdin, 0); err != nil {
					err = fmt.Errorf("reading standard input: %w", err)
				}
			default:
				file.Data, err = readRegularFile(path)
			}
			if err != nil {
				yield(File{}, err)
				return
			}
			if !yield(file, nil) {
				return
			}
		}
	}
}

// CheckFiles returns the error with which ReadFiles would stop, without reading the files. It does not see what fails
// only while a file is read, nor standard input.
func CheckFiles(names []string, recursive bool) error {
	for path, err := range paths(names, recursive) {
		if err != nil {
			return err
		}
		if path == Stdin {
			continue
		}
		file, _, err := openRegularFile(path)
		if err != nil {
			return err
		}
		_ = file.Close() // nothing was read or written
	}
	return nil
}

// paths yields the paths of the files that ReadFiles reads, Stdin for standard input. It stops at the first error.
func paths(names []string, recursive bool) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, name := range names {
			if !pathsOf(name, recursive, yield) {
				return
			}
		}
	}
}

func pathsOf(name string, recursive bool, yield func(string, error) bool) bool {
	if name == Stdin {
		return yield(Stdin, nil)
	}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		yield("", fmt.Errorf("%s: URLs are not supported; download the manifest, or pipe it to standard input (-f -)", name))
		return false
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		yield("", pathError(err))
		return false
	case info.IsDir():
		return pathsIn(name, recursive, yield)
	default:
		return yield(name, nil)
	}
}

// pathsIn yields the paths of the manifests in a directory, which may be a symlink to one. Symlinks in it are not
// followed to directories.
func pathsIn(name string, recursive bool, yield func(string, error) bool) bool {
	root := name
	if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		root += string(filepath.Separator) // WalkDir does not follow a symlink that ends otherwise
	}
	stopped := false
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && !recursive:
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(extensions, filepath.Ext(path)):
			return nil
		}
		if !yield(path, nil) {
			stopped = true
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		yield("", pathError(err))
		return false
	}
	return !stopped
}

// readRegularFile reads a file as openRegularFile opens it.
func readRegularFile(path string) ([]byte, error) {
	file, size, err := openRegularFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := readAll(file, size)
	if err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			return nil, pathError(err)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// openRegularFile rejects devices, pipes and sockets, which may block or never end, and files that are too large.
func openRegularFile(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, pathError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: is not a regular file; pipe its contents to standard input (-f -)", path)
	}
	if info.Size() > MaxSize {
		return nil, 0, fmt.Errorf("%s: %w", path, errTooLarge)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, pathError(err)
	}
	return file, info.Size(), nil
}

var errTooLarge = fmt.Errorf("is larger than %d MiB", MaxSize>>20)

// readAll reads what is probably of the size.
func readAll(r io.Reader, size int64) ([]byte, error) {
	buffer := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead)) // with room to see the end
	_, err := buffer.ReadFrom(io.LimitReader(r, MaxSize+1))
	if err == nil && buffer.Len() > MaxSize {
		return nil, errTooLarge
	}
	return buffer.Bytes(), err
}

// pathError puts the path in front of the error, as findings have it.
func pathError(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", failed.Path, failed.Err)
	}
	return err
}
