// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readAllFiles returns the files before the first error.
func readAllFiles(names []string, recursive bool, stdin io.Reader) (files []File, err error) {
	for file, err := range ReadFiles(names, recursive, stdin) {
		if err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}

func TestReadFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"b.yml", "a.yaml", "c.json", "d.txt", "sub/e.yaml"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(name), 0o600))
	}
	read := func(recursive bool, names ...string) []string {
		files, err := readAllFiles(names, recursive, strings.NewReader("from stdin"))
		require.NoError(t, err)
		var got []string
		for _, file := range files {
			got = append(got, string(file.Data))
		}
		return got
	}
	assert.Equal(t, []string{"a.yaml", "b.yml", "c.json"}, read(false, dir))
	assert.Equal(t, []string{"a.yaml", "b.yml", "c.json", "sub/e.yaml"}, read(true, dir))
	assert.Equal(t, []string{"d.txt", "from stdin"}, read(false, filepath.Join(dir, "d.txt"), Stdin), "explicitly named files are read whatever their extension")

	_, err := readAllFiles([]string{filepath.Join(dir, "none.yaml")}, false, nil)
	require.EqualError(t, err, filepath.Join(dir, "none.yaml")+": no such file or directory")
	_, err = readAllFiles([]string{"https://example.com/a.yaml"}, false, nil)
	require.EqualError(t, err, "https://example.com/a.yaml: URLs are not supported; download the manifest, or pipe it to standard input (-f -)")
	for _, err := range ReadFiles([]string{dir, dir}, true, nil) {
		require.NoError(t, err)
		break // stopping early must not panic
	}
}

// A directory that is named by a symlink is read like any other, with the paths below the symlink.
func TestReadFilesBelowSymlink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "real")
	for _, name := range []string{"a.yaml", "sub/b.yaml"} {
		path := filepath.Join(target, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("real", link))
	require.NoError(t, os.Symlink("sub", filepath.Join(target, "other")))
	for name, tc := range map[string]struct {
		name      string
		recursive bool
		want      []string
	}{
		"files":                    {link, false, []string{link + "/a.yaml"}},
		"subdirectories":           {link, true, []string{link + "/a.yaml", link + "/sub/b.yaml"}},
		"with a separator":         {link + "/", false, []string{link + "/a.yaml"}},
		"directory, separator":     {target + "/", false, []string{target + "/a.yaml"}},
		"symlink in the directory": {target, true, []string{target + "/a.yaml", target + "/sub/b.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := readAllFiles([]string{tc.name}, tc.recursive, nil)
			require.NoError(t, err)
			var got []string
			for _, file := range files {
				got = append(got, file.Name)
			}
			assert.Equal(t, tc.want, got)
			assert.NoError(t, CheckFiles([]string{tc.name}, tc.recursive))
		})
	}
}

// zeros is an endless reader.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestSizeLimit(t *testing.T) {
	t.Parallel()
	_, err := readAllFiles([]string{Stdin}, false, zeros{})
	require.EqualError(t, err, "reading standard input: is larger than 16 MiB")
	path := filepath.Join(t.TempDir(), "a.yaml")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Truncate(path, MaxSize+1))
	_, err = readAllFiles([]string{path}, false, nil)
	require.EqualError(t, err, path+": is larger than 16 MiB")
	require.NoError(t, os.Truncate(path, MaxSize))
	_, err = readAllFiles([]string{path}, false, nil)
	require.NoError(t, err)
}

// Splitting takes linear time.
func TestSplitManyDocuments(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"JSON": "{}\n", "YAML": "---\n"} {
		start := time.Now()
		assert.NotEmpty(t, slices.Collect(Documents(bytes.Repeat([]byte(text), 300_000))), name)
		assert.Less(t, time.Since(start), 10*time.Second, name)
	}
}
