// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	modified = time.Date(2026, 3, 1, 12, 0, 0, 5, time.FixedZone("", 3600))
	files    = []File{
		{Name: "kubectl-llm", Data: []byte("program"), Executable: true},
		{Name: "LICENSE", Data: []byte("license")},
	}
)

// The order of the files and the time of the run make no difference.
func TestReproducible(t *testing.T) {
	t.Parallel()
	reversed := slices.Clone(files)
	slices.Reverse(reversed)
	for name, write := range map[string]func(io.Writer, []File, time.Time) error{"tar.gz": TarGz, "zip": Zip} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var one, other, later bytes.Buffer
			require.NoError(t, write(&one, files, modified))
			require.NoError(t, write(&other, reversed, modified))
			assert.Equal(t, one.Bytes(), other.Bytes())
			require.NoError(t, write(&later, files, modified.Add(time.Hour)))
			assert.NotEqual(t, one.Bytes(), later.Bytes())
		})
	}
}

func TestTarGz(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, TarGz(&out, files, modified))
	content, err := gzip.NewReader(&out)
	require.NoError(t, err)
	archive := tar.NewReader(content)
	for _, want := range []struct {
		name, data string
		mode       int64
	}{{"LICENSE", "license", 0o644}, {"kubectl-llm", "program", 0o755}} {
		header, err := archive.Next()
		require.NoError(t, err)
		data, err := io.ReadAll(archive)
		require.NoError(t, err)
		assert.Equal(t, want.name, header.Name)
		assert.Equal(t, want.data, string(data))
		assert.Equal(t, want.mode, header.Mode)
		assert.Equal(t, "2026-03-01T11:00:00Z", header.ModTime.UTC().Format(time.RFC3339))
		assert.Empty(t, header.Uname)
		assert.Zero(t, header.Uid)
	}
	_, err = archive.Next()
	require.ErrorIs(t, err, io.EOF)
}

func TestZip(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, Zip(&out, files, modified))
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Len(t, archive.File, 2)
	assert.Equal(t, "LICENSE", archive.File[0].Name)
	assert.Equal(t, "kubectl-llm", archive.File[1].Name)
	assert.Equal(t, "-rwxr-xr-x", archive.File[1].Mode().String())
	assert.Equal(t, "2026-03-01T11:00:00Z", archive.File[1].Modified.UTC().Format(time.RFC3339))
}
