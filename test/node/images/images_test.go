// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node/images"
)

func TestFiles(t *testing.T) {
	layer, err := images.Files(map[string]images.File{
		"/usr/bin/awk":  {Target: "mawk"},
		"/usr/bin/mawk": {Data: []byte("binary"), Mode: 0o755},
		"/etc/passwd":   {Data: []byte("root"), Mode: 0o644},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"drwxr-xr-x etc/", "-rw-r--r-- etc/passwd root",
		"drwxr-xr-x usr/", "drwxr-xr-x usr/bin/", "L--------- usr/bin/awk -> mawk", "-rwxr-xr-x usr/bin/mawk binary",
	}, list(t, layer))
}

func TestPackages(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("needs dpkg-deb")
	}
	dir := t.TempDir()
	for path, content := range map[string]string{
		"DEBIAN/control":             "Package: tool\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n",
		"usr/bin/tool":               "binary",
		"usr/share/doc/tool/changes": "none",
	} {
		file := filepath.Join(dir, "tool", path)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755)) //nolint:gosec // dpkg-deb wants it
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	}
	out, err := exec.Command("dpkg-deb", "--build", "--root-owner-group", filepath.Join(dir, "tool"), dir).CombinedOutput()
	require.NoError(t, err, string(out))

	layer, err := images.Packages(dir)
	require.NoError(t, err)
	text := strings.Join(list(t, layer), "\n")
	assert.Contains(t, text, "-rw------- ./usr/bin/tool binary")
	assert.NotContains(t, text, "changes")
}

func TestPackagesOfNothing(t *testing.T) {
	_, err := images.Packages(t.TempDir())
	assert.ErrorContains(t, err, "no Debian packages")
}

func TestRegistry(t *testing.T) {
	registry := images.NewRegistry()
	require.NoError(t, registry.Add("team/tool:v1", images.Config{Cmd: []string{"run"}}, []byte("layer")))
	registry.Copy("team/tool:v1", "team/tool:v2")
	registry.Copy("team/tool:v1", "team/tool:v3")
	registry.SetAway("team/tool:v3", true)
	const layer = "sha256:11c04c2a96fc9a4d1ea4b1b97b6e8d4c3c0e2c5d1c7b0e3f1a6c0d9bb2a5b3b0"
	for name, tc := range map[string]struct {
		path   string
		status int
		body   string
	}{
		"says that it is there":           {path: "/v2/", status: http.StatusOK},
		"serves a manifest":               {path: "/v2/team/tool/manifests/v1", status: http.StatusOK, body: "image.manifest.v1"},
		"serves it by another name":       {path: "/v2/team/tool/manifests/v2", status: http.StatusOK, body: "image.manifest.v1"},
		"does not know a tag":             {path: "/v2/team/tool/manifests/v9", status: http.StatusNotFound},
		"does not know a blob":            {path: "/v2/team/tool/blobs/" + layer, status: http.StatusNotFound},
		"does not answer for what is off": {path: "/v2/team/tool/manifests/v3", status: http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			registry.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, tc.path, nil))
			assert.Equal(t, tc.status, recorder.Code)
			assert.Contains(t, recorder.Body.String(), tc.body)
		})
	}
}

// list returns the mode, name and content of each file of a layer.
func list(t *testing.T, layer []byte) []string {
	t.Helper()
	var out []string
	for reader := tar.NewReader(bytes.NewReader(layer)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		content, err := io.ReadAll(reader)
		require.NoError(t, err)
		line := header.FileInfo().Mode().String() + " " + header.Name
		if header.Linkname != "" {
			line += " -> " + header.Linkname
		}
		if len(content) > 0 {
			line += " " + string(content)
		}
		out = append(out, line)
	}
}
