// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

var (
	block    = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```")
	fileName = regexp.MustCompile(`^# (\S+)\n`)
	target   = regexp.MustCompile("(?m)(?:^|`)make ([a-z0-9-]+)")
	goTest   = regexp.MustCompile(`^([A-Z_]+=\S+ )*go test `)
	testName = regexp.MustCompile(`(Test|Fuzz|Benchmark)\w+`)
	goPath   = regexp.MustCompile(`\./\S+`)
	link     = regexp.MustCompile(`\]\(([^):]+)\)`)
	// notInAnchor matches the characters of a heading that GitHub omits from its anchor.
	notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
	heading     = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// pages returns the root of the project and the handwritten pages in it.
func pages(t *testing.T) (root string, names []string) {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"} {
		found = append(found, filepath.Join(root, name))
	}
	for _, path := range found {
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		names = append(names, name)
	}
	return root, names
}

// The objects and commands in the README and the docs work and have the documented output. Links are
// valid.
func TestDocs(t *testing.T) {
	t.Parallel()
	root, names := pages(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(root, name)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			checkLinks(t, path, string(text))
			checkTargets(t, root, string(text))
			kubectl{namespace: "default"}.requireFields(t, string(text))
			if strings.Contains(string(text), "--cascade=orphan") {
				waitForGarbageCollector(t)
			}
			p := page{shell: newShell(t), text: string(text)}
			for _, at := range block.FindAllStringSubmatchIndex(p.text, -1) {
				p.run(t, p.text[at[2]:at[3]], p.text[at[4]:at[5]])
			}
			if golden.Updating() && len(p.updated) > 0 {
				golden.Equal(t, path, strings.NewReplacer(p.updated...).Replace(p.text))
			}
		})
	}
}

// A page is a page whose objects and commands are tested.
type page struct {
	shell shell
	text  string
	// updated has pairs of a session and the same session with the actual output.
	updated []string
}

func (p *page) run(t *testing.T, kind, body string) {
	t.Helper()
	switch kind {
	case "yaml":
		match := fileName.FindStringSubmatch(body)
		require.NotNil(t, match, "the block has no file name:\n%s", body)
		path := filepath.Join(p.shell.dir, match[1])
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		require.NoError(t, yaml.UnmarshalStrict([]byte(body), &map[string]any{}))
		if !strings.HasPrefix(match[1], ".") && match[1] != "kustomization.yaml" {
			assert.Contains(t, p.text, "-f "+match[1], "no command uses the file")
		}
	case "console":
		got := p.shell.session(t, body)
		if got != body {
			p.updated = append(p.updated, body, got)
		}
	case "sh": // only checks that targets and tests exist, because they take long
		for _, line := range strings.Split(strings.TrimSpace(body), "\n") {
			if goTest.MatchString(line) {
				checkGoTest(t, line)
				continue
			}
			assert.Regexp(t, `^(make|kubectl logs) `, line)
		}
	case "mermaid": // GitHub draws it
	default:
		t.Errorf("blocks of %s are not tested", kind)
	}
}

// A shell runs commands in its own directory, which has the project's config, and in its own namespace. Its home directory
// has two models of Ollama.
type shell struct {
	dir string
	env []string
}

func newShell(t *testing.T) shell {
	t.Helper()
	k := newKubectl(t)
	home := t.TempDir()
	kubeconfig := filepath.Join(home, "kubeconfig")
	data, err := os.ReadFile(shared.Kubeconfig)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(kubeconfig, data, 0o600))
	out, err := exec.Command(shared.Kubectl, "--kubeconfig", kubeconfig, "config", "set-context", "--current", "--namespace", k.namespace).CombinedOutput()
	require.NoError(t, err, string(out))
	fixtures.WriteModels(t, filepath.Join(home, ".ollama", "models"), "llama3.2:3b", "all-minilm:22m")
	root, err := cluster.Root()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(root, "config"), filepath.Join(dir, "config")))
	path := strings.Join([]string{filepath.Dir(plugin), filepath.Dir(shared.Kubectl), os.Getenv("PATH")}, ":")
	env := append(os.Environ(), publicRegistry.Env()...) // kubectl reaches the API server without the proxy: it is on loopback
	return shell{dir: dir, env: append(env, "PATH="+path, "KUBECONFIG="+kubeconfig, "HOME="+home, "OLLAMA_MODELS=")}
}

// session runs the lines that begin with "$" and compares their output with the lines that follow, in
// which "..." matches anything. It returns the session with the actual output where that differs.
// Warnings are ignored unless the expected output has some.
func (s shell) session(t *testing.T, text string) string {
	t.Helper()
	var actual strings.Builder
	for _, step := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(step, "\n")
		cmd := exec.Command("/bin/sh", "-c", command)
		cmd.Dir, cmd.Env = s.dir, s.env
		out, err := cmd.CombinedOutput()
		got := strings.TrimSuffix(watchLog.ReplaceAllString(string(out), ""), "\n")
		if !strings.Contains(want, "Warning: ") {
			got = withoutWarnings(got)
		}
		want = strings.TrimSuffix(want, "\n")
		if want == "" {
			require.NoError(t, err, got)
		}
		if asPattern(want).MatchString(got) {
			got = want
		}
		if !golden.Updating() {
			assert.Equal(t, want, got, command)
		}
		actual.WriteString("$ " + command + "\n")
		if got != "" {
			actual.WriteString(got + "\n")
		}
	}
	return actual.String()
}

// watchLog matches the line that client-go logs if kubectl wait ends its watch while an event
// is decoded.
var watchLog = regexp.MustCompile(`(?m)^I[0-9]{4} .* "Warning: watch ended with error" .*context canceled.*\n`)

func withoutWarnings(text string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "Warning: ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// asPattern returns a pattern of the text in which "..." matches anything.
func asPattern(text string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)\A` + strings.ReplaceAll(regexp.QuoteMeta(text), `\.\.\.`, ".*") + `\z`)
}

// checkTargets asserts that the targets of make exist.
func checkTargets(t *testing.T, root, text string) {
	t.Helper()
	for _, match := range target.FindAllStringSubmatch(text, -1) {
		out, err := exec.Command("make", "-C", root, "--dry-run", match[1]).CombinedOutput()
		require.NoError(t, err, "make %s: %s", match[1], out)
	}
}

// checkGoTest asserts that the packages and tests of a command exist.
func checkGoTest(t *testing.T, command string) {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	paths := goPath.FindAllString(command, -1)
	require.NotEmpty(t, paths, command)
	var source strings.Builder
	for _, path := range paths {
		dir := filepath.Join(root, strings.TrimSuffix(path, "/..."))
		assert.DirExists(t, dir, command)
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		require.NoError(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			source.Write(data)
		}
	}
	for _, name := range testName.FindAllString(command, -1) {
		assert.Contains(t, source.String(), "func "+name+"(", command)
	}
}

// checkLinks asserts that the files and headings that a page links to exist.
func checkLinks(t *testing.T, path, text string) {
	t.Helper()
	for _, match := range link.FindAllStringSubmatch(text, -1) {
		file, anchor, _ := strings.Cut(match[1], "#")
		linked := path
		if file != "" {
			linked = filepath.Join(filepath.Dir(path), file)
		}
		info, err := os.Stat(linked)
		require.NoError(t, err, match[1])
		if anchor == "" || info.IsDir() {
			continue
		}
		data, err := os.ReadFile(linked)
		require.NoError(t, err)
		var anchors []string
		for _, h := range heading.FindAllStringSubmatch(string(data), -1) {
			anchors = append(anchors, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
		}
		assert.Contains(t, anchors, anchor, "%s does not have this heading", linked)
	}
}
