// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package archive writes archives whose bytes depend on nothing but the files in them and one time.
package archive

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"
)

// A File is a file of an archive.
type File struct {
	// Name is the path in the archive, with slashes.
	Name string
	Data []byte
	// Executable files have the mode 0755, others 0644.
	Executable bool
}

func (f File) mode() fs.FileMode {
	if f.Executable {
		return 0o755
	}
	return 0o644
}

// sorted returns the files by name.
func sorted(files []File) []File {
	return slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
}

// TarGz writes the files, by name, without owners and with the same time, as a compressed tar archive.
func TarGz(w io.Writer, files []File, modified time.Time) error {
	compressor := gzip.NewWriter(w)
	archive := tar.NewWriter(compressor)
	for _, file := range sorted(files) {
		header := &tar.Header{
			Name: file.Name, Mode: int64(file.mode()), Size: int64(len(file.Data)),
			ModTime: modified.UTC().Truncate(time.Second), Format: tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(file.Data); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressor.Close())
}

// Zip writes the files, by name and with the same time, as a zip archive.
func Zip(w io.Writer, files []File, modified time.Time) error {
	archive := zip.NewWriter(w)
	for _, file := range sorted(files) {
		header := &zip.FileHeader{Name: file.Name, Method: zip.Deflate, Modified: modified.UTC().Truncate(time.Second)}
		header.SetMode(file.mode())
		content, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := content.Write(file.Data); err != nil {
			return err
		}
	}
	return archive.Close()
}
