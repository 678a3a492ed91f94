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

// The binaries of setup-envtest take precedence over those that are built.
func TestBinaryPrefersAssets(t *testing.T) {
	assets, root := t.TempDir(), t.TempDir()
	t.Setenv(assetsEnv, assets)
	_, err := binary(root, "etcd")
	require.EqualError(t, err, `etcd is not built; run "make k8s"`)

	built := filepath.Join(root, "bin", "k8s", "etcd")
	require.NoError(t, os.MkdirAll(filepath.Dir(built), 0o750))
	require.NoError(t, os.WriteFile(built, nil, 0o600))
	path, err := binary(root, "etcd")
	require.NoError(t, err)
	assert.Equal(t, built, path)

	require.NoError(t, os.WriteFile(filepath.Join(assets, "etcd"), nil, 0o600))
	path, err = binary(root, "etcd")
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(assets, "etcd"), path)
}
