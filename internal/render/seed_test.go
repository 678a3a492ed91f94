// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A seeding has the data directory of an image and a volume.
type seeding struct{ image, volume string }

func newSeeding(t *testing.T) seeding {
	t.Helper()
	return seeding{t.TempDir(), t.TempDir()}
}

func (s seeding) command(t *testing.T, shell string, env ...string) *exec.Cmd {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("scripts", "seed-data.sh"))
	require.NoError(t, err)
	cmd := shellCommand(t.Context(), shell, "-c", string(text), "seed-data", s.image, s.volume)
	cmd.Env = append(os.Environ(), append([]string{"HOSTNAME=web-1"}, env...)...)
	return cmd
}

func (s seeding) run(t *testing.T, shell string) {
	t.Helper()
	out, err := s.command(t, shell).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Empty(t, string(out))
}

// write creates or replaces files below a directory.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
}

// files returns the contents of the files below a directory, except for the marker of the seed.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == ".seeded" {
			return err
		}
		data, err := os.ReadFile(path) //nolint:gosec // in a directory of the test
		name, _ := filepath.Rel(dir, path)
		out[name] = string(data)
		return err
	}))
	return out
}

// Each image seeds its files once and preserves the user's.
func TestSeedData(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		s := newSeeding(t)
		write(t, s.image, map[string]string{"readme.txt": "1", "config.json": "shipped", "cache/model/refs/main": "1", "cache/model/a b": "1", "cache/model/old": "1"})
		require.NoError(t, os.Symlink("refs/main", filepath.Join(s.image, "cache/model/link")))
		require.NoError(t, os.Mkdir(filepath.Join(s.image, "uploads"), 0o700))
		s.run(t, shell)
		assert.Equal(t, files(t, s.image), files(t, s.volume))
		assert.DirExists(t, filepath.Join(s.volume, "uploads"))
		target, err := os.Readlink(filepath.Join(s.volume, "cache/model/link"))
		require.NoError(t, err)
		assert.Equal(t, "refs/main", target)

		users := map[string]string{"webui.db": "chats", "config.json": "the user's", "uploads/x": "upload", "cache/audio": "spoken"}
		write(t, s.volume, users)
		require.NoError(t, os.Remove(filepath.Join(s.volume, "readme.txt")))
		s.run(t, shell)
		assert.NotContains(t, files(t, s.volume), "readme.txt", "the same image seeds once")

		require.NoError(t, os.Remove(filepath.Join(s.image, "cache/model/old")))
		write(t, s.image, map[string]string{"cache/model/refs/main": "2", "cache/model/new": "2", "readme.txt": "2", "config.json": "shipped, newer", "webui.db": "no"})
		s.run(t, shell)
		assert.Equal(t, map[string]string{
			"webui.db": "chats", "config.json": "the user's", "uploads/x": "upload", "cache/audio": "spoken",
			"cache/model/refs/main": "2", "cache/model/link": "2", "cache/model/a b": "1", "cache/model/old": "1", "cache/model/new": "2", "readme.txt": "2",
		}, files(t, s.volume))
	})
}

// A volume with the marker of an earlier version, which does not name the image, is seeded again.
func TestSeedDataWithEarlierMarker(t *testing.T) {
	t.Parallel()
	s := newSeeding(t)
	write(t, s.image, map[string]string{"cache/model": "2"})
	write(t, s.volume, map[string]string{".seeded": "", "cache/model": "1", "webui.db": "chats"})
	s.run(t, "dash")
	assert.Equal(t, map[string]string{"cache/model": "2", "webui.db": "chats"}, files(t, s.volume))
}

// The script fails if the first seed fails, but not if a later one does. Both are retried.
func TestSeedDataFails(t *testing.T) {
	t.Parallel()
	s := newSeeding(t)
	write(t, s.image, map[string]string{"cache/model": "1"})
	fakes := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(fakes, "cp"), []byte("#!/bin/sh\nexit 1\n"), 0o700)) //nolint:gosec // a program
	path := "PATH=" + fakes + ":" + os.Getenv("PATH")
	out, err := s.command(t, "dash", path).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "could not be copied")
	s.run(t, "dash")
	assert.Equal(t, files(t, s.image), files(t, s.volume))

	write(t, s.image, map[string]string{"cache/model": "2"})
	out, err = s.command(t, "dash", path).CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(out), "could not be copied")
	s.run(t, "dash")
	assert.Equal(t, map[string]string{"cache/model": "2"}, files(t, s.volume))
}

// Temporary files of a killed pod are deleted; those of a running pod are preserved.
func TestSeedDataTemporaryFiles(t *testing.T) {
	t.Parallel()
	s := newSeeding(t)
	write(t, s.image, map[string]string{"cache/model": "1"})
	write(t, s.volume, map[string]string{".seeding-web-0": "half", ".seeding-web-2": "half"})
	old := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(s.volume, ".seeding-web-0"), old, old))
	s.run(t, "dash")
	assert.Equal(t, map[string]string{"cache/model": "1", ".seeding-web-2": "half"}, files(t, s.volume))
}

func TestSeedDataTerminated(t *testing.T) {
	t.Parallel()
	eachShell(t, "in", func(t *testing.T, shell string) {
		t.Helper()
		s := newSeeding(t)
		write(t, s.image, map[string]string{"cache/model": "1"})
		fakes := t.TempDir()
		hangs := "#!/bin/sh\necho >" + filepath.Join(fakes, "started") + "\nexec sleep 60 >/dev/null 2>&1\n"
		require.NoError(t, os.WriteFile(filepath.Join(fakes, "cp"), []byte(hangs), 0o700)) //nolint:gosec // a program
		cmd := s.command(t, shell, "PATH="+fakes+":"+os.Getenv("PATH"))
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool { return fakeServer{fakes}.read(t, "started") != "" }, 10*time.Second, 10*time.Millisecond)
		endsOnTerm(t, cmd)
		assert.NoFileExists(t, filepath.Join(s.volume, ".seeded"))
	})
}
