// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

const deprecated = `apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama:
    models: ["llama2:7b"]
    servicePort: 80
`

func write(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// Several files become one YAML stream, with the name of each file.
func TestMigrateSeveralFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml": strings.TrimSuffix(deprecated, "\n"),
		"b.yaml": "---\n" + deprecated,
		"c.json": "{\n\t\"kind\": \"A\"}",
		"d.yaml": "\ufeffkind: B\n...\n",
		"e.yaml": deprecated + "---\r\n" + strings.ReplaceAll(deprecated, "\n", "\r\n"),
	} {
		write(t, filepath.Join(dir, name), text)
	}
	code, out, stderr := run(t, "kind: C", "migrate", "-f", dir, "-f", "-")
	require.Zero(t, code, stderr)
	objects, parseErrs := manifest.Parse(manifest.File{Data: []byte(out)})
	assert.Empty(t, parseErrs)
	var kinds []string
	for _, o := range objects {
		kinds = append(kinds, o.Kind)
	}
	assert.Equal(t, []string{"OllamaDeployment", "OllamaDeployment", "A", "B", "OllamaDeployment", "OllamaDeployment", "C"}, kinds)
	assert.NotContains(t, out, "servicePort")
	var names []string
	for _, match := range regexp.MustCompile(`(?m)^---\n# Source: (.*)$`).FindAllStringSubmatch(out, -1) {
		names = append(names, filepath.Base(match[1]))
	}
	assert.Equal(t, []string{"a.yaml", "b.yaml", "c.json", "d.yaml", "e.yaml", "-"}, names)

	code, out, _ = run(t, "", "migrate", filepath.Join(dir, "c.json"))
	assert.Zero(t, code)
	assert.True(t, out == "{\n\t\"kind\": \"A\"}", "one file is printed byte for byte: %q", out) //nolint:testifylint // JSONEq ignores the layout
}

// All objects of several files are printed unchanged.
func TestMigratePreservesObjects(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"JSON lines":            {"{\"kind\": \"A\"}\n{\"kind\": \"B\"}\n", []string{`{"kind":"A"}`, `{"kind":"B"}`}},
		"JSON on one line":      {"\t{\"kind\": \"A\"}{\n\t\"kind\": \"B\\t\"}", []string{`{"kind":"A"}`, `{"kind":"B\t"}`}},
		"JSON that is not YAML": {"{\"kind\": \"A\", \"x\": \"a\\/b\\ud83d\\ude00 \u2028 \u0085\u007f\"}", []string{`{"kind":"A","x":"a/b😀 \u2028 \u0085\u007f"}`}},
		"tab in a flow mapping": {"{kind: A, x: \"a\tb\"}\n", []string{`{"kind":"A","x":"a\tb"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, filepath.Join(t.TempDir(), "a.yaml"), tc.text)
			code, out, stderr := run(t, "kind: Z", "migrate", "-f", path, "-f", "-")
			require.Zero(t, code, stderr)
			objects, parseErrs := manifest.Parse(manifest.File{Data: []byte(out)})
			assert.Empty(t, parseErrs)
			var got []string
			for _, o := range objects {
				got = append(got, string(o.JSON))
			}
			assert.Equal(t, append(tc.want, `{"kind":"Z"}`), got)
		})
	}
}

// In a stream, a file without a final newline gets one, which changes a literal at its end.
func TestMigrateFileThatCannotBeInAStream(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "a.yaml"), "kind: A\ntext: |\n  a")
	code, out, stderr := run(t, "kind: Z", "migrate", "-f", path, "-f", "-")
	assert.Equal(t, 1, code)
	assert.Equal(t, "---\n# Source: -\nkind: Z\n", out)
	assert.Equal(t, "error: "+path+": cannot be in one YAML stream with other files; process it separately\n", stderr)
}

// The other files are migrated even if one fails.
func TestMigrateContinuesAfterErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := write(t, filepath.Join(dir, "a.yaml"), "a: [\n")
	good := write(t, filepath.Join(dir, "b.yaml"), deprecated)
	code, _, stderr := run(t, "", "migrate", "--write", dir)
	assert.Equal(t, ExitUsage, code)
	assert.Equal(t, good+" rewritten\nerror: "+bad+":1:1: did not find expected node content\n", stderr)
}

func TestMigrateFollowsSymlinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	target := write(t, filepath.Join(dir, "real", "a.yaml"), deprecated)
	link := filepath.Join(dir, "link.yaml")
	require.NoError(t, os.Symlink(filepath.Join("real", "a.yaml"), link))
	code, _, stderr := run(t, "", "migrate", "--write", link)
	require.Zero(t, code, stderr)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the symlink is preserved")
	data, err := os.ReadFile(target)
	require.NoError(t, err)
	assert.Contains(t, string(data), "service:\n      port: 80\n")
	entries, err := os.ReadDir(filepath.Dir(target))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// The file is unchanged if the disk is full. The test is skipped where unshare cannot mount
// a tmpfs.
func TestMigrateOnAFullDisk(t *testing.T) {
	t.Parallel()
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("unshare is not installed")
	}
	// The file system has two pages, and the file fills both: a temporary file does not fit.
	text := deprecated + strings.Repeat("#", 2*os.Getpagesize()-len(deprecated)-1) + "\n"
	dir := t.TempDir()
	source := write(t, filepath.Join(t.TempDir(), "a.yaml"), text)
	const script = `mount -t tmpfs -o size="$1" tmpfs "$2" || exit 77
cp "$3" "$2/a.yaml" || exit 77
"$4" migrate --write "$2/a.yaml"; echo "exit $?"
cmp "$3" "$2/a.yaml" && ls -A "$2"`
	mode := "-rm"
	if os.Geteuid() == 0 {
		mode = "-m"
	}
	size := strconv.Itoa(2 * os.Getpagesize())
	cmd := command(t, unshare, mode, "sh", "-c", script, "sh", size, dir, source, os.Args[0])
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() == 77 || strings.Contains(string(out), "unshare") {
		t.Skip("tmpfs cannot be mounted: " + string(out))
	}
	assert.Contains(t, string(out), "no space left on device\nexit 1\na.yaml\n")
}
