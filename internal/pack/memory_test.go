// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"archive/tar"
	"io"
	"io/fs"
	"runtime"
	"testing"
	"testing/fstest"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
