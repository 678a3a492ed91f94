// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linked stands for the link to the configuration that the script makes.
const linked = "link"

// Tabby's data are moved to the folder that its user owns, and back, whatever was done of it before.
func TestPlaceData(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		where        string
		before, want map[string]string
		out          string
	}{
		"of a new volume": {where: "folder", want: map[string]string{"tabby/config.toml": "config"}},
		"of a volume of root": {
			where:  "folder",
			before: map[string]string{"config.toml": "", "ee/db.sqlite": "1", "usage_anonymous_id": "2", "lost+found/a": "3"},
			want:   map[string]string{"config.toml": "", "tabby/config.toml": "config", "tabby/ee/db.sqlite": "1", "tabby/usage_anonymous_id": "2", "lost+found/a": "3"},
		},
		"beside what is not Tabby's": {
			where:  "folder",
			before: map[string]string{"notes/a": "1", ".hidden": "2", "index/b": "3"},
			want:   map[string]string{"notes/a": "1", ".hidden": "2", "tabby/config.toml": "config", "tabby/index/b": "3"},
		},
		"that were moved in part": {
			where:  "folder",
			before: map[string]string{"ee/db.sqlite": "1", "tabby/events/a": "2"},
			want:   map[string]string{"tabby/config.toml": "config", "tabby/ee/db.sqlite": "1", "tabby/events/a": "2"},
		},
		"that are there twice": {
			where:  "folder",
			before: map[string]string{"ee/db.sqlite": "1", "tabby/ee/db.sqlite": "2"},
			want:   map[string]string{"tabby/config.toml": "config", "ee/db.sqlite": "1", "tabby/ee/db.sqlite": "2"},
			out:    "VOLUME/ee stays, because there is VOLUME/tabby/ee\n",
		},
		"that were taken over in part": {
			where:  "folder",
			before: map[string]string{"tabby.old/config.toml": "config", "tabby.old/ee/db.sqlite": "1", "tabby.old/.hidden": "2", "tabby/events/a": "3"},
			want:   map[string]string{"tabby/config.toml": "config", "tabby/ee/db.sqlite": "1", "tabby/.hidden": "2", "tabby/events/a": "3"},
		},
		"back to root": {
			where:  "volume",
			before: map[string]string{"config.toml": "", "tabby/config.toml": linked, "tabby/ee/db.sqlite": "1", "tabby/.hidden": "2", "tabby/-n": "3"},
			want:   map[string]string{"config.toml": "", "ee/db.sqlite": "1", ".hidden": "2", "-n": "3"},
		},
		"back to root in part": {
			where:  "volume",
			before: map[string]string{"events/a": "1", "tabby/config.toml": linked, "tabby/ee/db.sqlite": "2"},
			want:   map[string]string{"events/a": "1", "ee/db.sqlite": "2"},
		},
		"that were never moved": {
			where:  "volume",
			before: map[string]string{"ee/db.sqlite": "1"},
			want:   map[string]string{"ee/db.sqlite": "1"},
		},
		"beside a folder that is not the operator's": {
			where:  "volume",
			before: map[string]string{"tabby/config.toml": "theirs", "tabby/ee/db.sqlite": "1"},
			want:   map[string]string{"tabby/config.toml": "theirs", "tabby/ee/db.sqlite": "1"},
		},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			volume, config := t.TempDir(), filepath.Join(t.TempDir(), "config.toml")
			require.NoError(t, os.WriteFile(config, []byte("config"), 0o600))
			write(t, volume, tc.before)
			if link := filepath.Join(volume, "tabby", "config.toml"); tc.before["tabby/config.toml"] == linked {
				require.NoError(t, os.Remove(link))
				require.NoError(t, os.Symlink(config, link))
			}
			for range 2 {
				out, err := shellCommand(t.Context(), shell, filepath.Join("scripts", "place-data.sh"), tc.where, volume, config).CombinedOutput()
				require.NoError(t, err, string(out))
				assert.Equal(t, tc.out, strings.ReplaceAll(string(out), volume, "VOLUME"))
				assert.Equal(t, tc.want, files(t, volume))
			}
			assert.NoDirExists(t, filepath.Join(volume, "tabby.old"))
			if _, kept := tc.want["tabby/config.toml"]; !kept {
				assert.NoDirExists(t, filepath.Join(volume, "tabby"))
			}
		})
	}
}

// Data that cannot be moved keep Tabby from starting without them.
func TestPlaceDataFails(t *testing.T) {
	t.Parallel()
	eachShell(t, "without a volume", func(t *testing.T, shell string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		require.Error(t, shellCommand(t.Context(), shell, filepath.Join("scripts", "place-data.sh"), "folder", file, "config").Run())
	})
}

// A folder of another user is replaced by one of this user, because Tabby has to own it.
func TestPlaceDataOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can give files to another user")
	}
	eachShell(t, "is taken over", func(t *testing.T, shell string) {
		t.Helper()
		volume := t.TempDir()
		write(t, volume, map[string]string{"tabby/config.toml": "config", "tabby/ee/db.sqlite": "1"})
		folder := filepath.Join(volume, "tabby")
		require.NoError(t, os.Chown(folder, 4711, -1))
		out, err := shellCommand(t.Context(), shell, filepath.Join("scripts", "place-data.sh"), "folder", volume, "/etc/hostname").CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Empty(t, string(out))
		info, err := os.Stat(folder)
		require.NoError(t, err)
		assert.Equal(t, uint32(0), info.Sys().(*syscall.Stat_t).Uid) //nolint:forcetypeassert // it is of this type on Linux
		assert.FileExists(t, filepath.Join(folder, "ee", "db.sqlite"))
		assert.NoDirExists(t, filepath.Join(volume, "tabby.old"))
	})
}
