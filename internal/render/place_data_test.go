// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
			before: map[string]string{"config.toml": "", "ee/db.sqlite": "1", ".hidden": "2", "lost+found/a": "3", "-n": "4"},
			want:   map[string]string{"config.toml": "", "tabby/config.toml": "config", "tabby/ee/db.sqlite": "1", "tabby/.hidden": "2", "lost+found/a": "3", "tabby/-n": "4"},
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
			out:    "ee is in VOLUME and in VOLUME/tabby, and stays\n",
		},
		"back to root": {
			where:  "volume",
			before: map[string]string{"config.toml": "", "tabby/config.toml": "config", "tabby/ee/db.sqlite": "1", "tabby/.hidden": "2"},
			want:   map[string]string{"config.toml": "", "ee/db.sqlite": "1", ".hidden": "2"},
		},
		"that were never moved": {
			where:  "volume",
			before: map[string]string{"ee/db.sqlite": "1"},
			want:   map[string]string{"ee/db.sqlite": "1"},
		},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			volume, config := t.TempDir(), filepath.Join(t.TempDir(), "config.toml")
			require.NoError(t, os.WriteFile(config, []byte("config"), 0o600))
			write(t, volume, tc.before)
			for range 2 {
				out, err := shellCommand(t.Context(), shell, filepath.Join("scripts", "place-data.sh"), tc.where, volume, config).CombinedOutput()
				require.NoError(t, err, string(out))
				assert.Equal(t, tc.out, strings.ReplaceAll(string(out), volume, "VOLUME"))
				assert.Equal(t, tc.want, files(t, volume))
			}
			if tc.where == "volume" {
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
