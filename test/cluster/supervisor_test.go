// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSaveLogs(t *testing.T) {
	o := supervisorConfig{Dir: filepath.Join(t.TempDir(), "cluster-1")}
	require.NoError(t, os.MkdirAll(filepath.Join(o.Dir, "log"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "log", "manager.log"), []byte("started"), 0o600))
	require.NoError(t, o.saveLogs(), "without a directory to save them in")

	logs := t.TempDir()
	t.Setenv(logsEnv, logs)
	require.NoError(t, o.saveLogs())
	saved, err := os.ReadFile(filepath.Join(logs, "cluster-1", "manager.log"))
	require.NoError(t, err)
	assert.Equal(t, "started", string(saved))
}
