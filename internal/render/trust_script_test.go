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

// The bundle has the authorities of the image, if it has any, and those of the user, each on lines of their own,
// also after the container has started again.
func TestTrustScript(t *testing.T) {
	t.Parallel()
	const own = "-----BEGIN CERTIFICATE-----\nb3du\n-----END CERTIFICATE-----" // without a line break at the end
	eachShell(t, "with authorities", func(t *testing.T, shell string) {
		t.Helper()
		dir := t.TempDir()
		authorities, bundle := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "bundle.crt")
		require.NoError(t, os.WriteFile(authorities, []byte(own), 0o600))
		for range 2 {
			out, err := shellCommand(t.Context(), shell, filepath.Join("scripts", "trust.sh"), authorities, bundle).CombinedOutput()
			require.NoError(t, err, string(out))
			text, err := os.ReadFile(bundle)
			require.NoError(t, err)
			image, found := strings.CutSuffix(string(text), "\n"+own)
			assert.True(t, found, "the end of the bundle")
			if string(out) == "" {
				assert.Contains(t, image, "-----BEGIN CERTIFICATE-----\n")
			} else {
				assert.Equal(t, "the image has no certificate authorities\n", string(out))
				assert.Empty(t, image)
			}
			assert.Equal(t, map[string]string{"ca.crt": own, "bundle.crt": string(text)}, files(t, dir))
		}
	})
	eachShell(t, "without", func(t *testing.T, shell string) {
		t.Helper()
		dir := t.TempDir()
		require.Error(t, shellCommand(t.Context(), shell, filepath.Join("scripts", "trust.sh"), filepath.Join(dir, "ca.crt"), filepath.Join(dir, "bundle.crt")).Run())
		assert.NoFileExists(t, filepath.Join(dir, "bundle.crt"))
	})
}
