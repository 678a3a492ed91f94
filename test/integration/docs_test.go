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
	// notInAnchor is what GitHub leaves out of a heading to make its anchor.
	notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
	heading     = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// pages are the pages that people wrote, in docs and beside it.
func pages(t *testing.T) (root string, names []string) {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"} {
		found = append(found, filepath.Join(root, name))
	}
	for _, path := range found {
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		names = append(names, name)
	}
	return root, names
}

// What the README and the docs say is true: their objects and their commands give what
// they say they give, and what they link to is there.
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
			if strings.Contains(string(text), "--cascade=orphan") {
				collected(t)
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

// A page is one that is being tried.
type page struct {
	shell shell
	text  string
	// updated are sessions, and what they would be with what was printed.
	updated []string
}

func (p *page) run(t *testing.T, kind, body string) {
	t.Helper()
	switch kind {
	case "yaml":
		match := fileName.FindStringSubmatch(body)
		require.NotNil(t, match, "a block without the name of its file:\n%s", body)
		path := filepath.Join(p.shell.folder, match[1])
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		require.NoError(t, yaml.UnmarshalStrict([]byte(body), &map[string]any{}))
		if !strings.HasPrefix(match[1], ".") && match[1] != "kustomization.yaml" {
			assert.Contains(t, p.text, "-f "+match[1], "no command uses it")
		}
	case "console":
		got := p.shell.session(t, body)
		if got != body {
			p.updated = append(p.updated, body, got)
		}
	case "sh": // targets and tests have to exist; what they do takes too long here
		for _, line := range strings.Split(strings.TrimSpace(body), "\n") {
			if goTest.MatchString(line) {
				checkGoTest(t, line)
				continue
			}
			assert.Regexp(t, `^(make|kubectl logs) `, line)
		}
	case "mermaid": // GitHub draws it
	default:
		t.Errorf("a block of %s is not tested", kind)
	}
}

// A shell runs commands as a reader would, in a folder and a namespace of its own.
type shell struct {
	folder string
	env    []string
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
	path := strings.Join([]string{filepath.Dir(plugin), filepath.Dir(shared.Kubectl), os.Getenv("PATH")}, ":")
	return shell{folder: t.TempDir(), env: append(os.Environ(), "PATH="+path, "KUBECONFIG="+kubeconfig, "HOME="+home)}
}

// session runs the lines that begin with "$" and compares what they print with the lines
// that follow, where "..." stands for anything. It returns the session as it went, where
// that differs. Warnings are looked at only where the page shows some.
func (s shell) session(t *testing.T, text string) string {
	t.Helper()
	var went strings.Builder
	for _, step := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(step, "\n")
		cmd := exec.Command("/bin/sh", "-c", command)
		cmd.Dir, cmd.Env = s.folder, s.env
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
		went.WriteString("$ " + command + "\n")
		if got != "" {
			went.WriteString(got + "\n")
		}
	}
	return went.String()
}

// watchLog matches the line that client-go logs if kubectl wait ends its watch while an event
// is decoded.
var watchLog = regexp.MustCompile(`(?m)^I[0-9]{4} .* "Warning: watch ended with error" .*context canceled.*\n`)

func withoutWarnings(text string) string {
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "Warning: ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// asPattern is the text with "..." standing for anything.
func asPattern(text string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)\A` + strings.ReplaceAll(regexp.QuoteMeta(text), `\.\.\.`, ".*") + `\z`)
}

func checkTargets(t *testing.T, root, text string) {
	t.Helper()
	for _, match := range target.FindAllStringSubmatch(text, -1) {
		out, err := exec.Command("make", "-C", root, "--dry-run", match[1]).CombinedOutput()
		require.NoError(t, err, "make %s: %s", match[1], out)
	}
}

// checkGoTest looks for the packages and the tests of a command.
func checkGoTest(t *testing.T, command string) {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	paths := goPath.FindAllString(command, -1)
	require.NotEmpty(t, paths, command)
	var source strings.Builder
	for _, path := range paths {
		folder := filepath.Join(root, strings.TrimSuffix(path, "/..."))
		assert.DirExists(t, folder, command)
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
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

// checkLinks looks for the files and the headings that a page links to.
func checkLinks(t *testing.T, path, text string) {
	t.Helper()
	for _, match := range link.FindAllStringSubmatch(text, -1) {
		file, anchor, _ := strings.Cut(match[1], "#")
		there := path
		if file != "" {
			there = filepath.Join(filepath.Dir(path), file)
		}
		info, err := os.Stat(there)
		require.NoError(t, err, "a link")
		if anchor == "" || info.IsDir() {
			continue
		}
		data, err := os.ReadFile(there)
		require.NoError(t, err)
		var anchors []string
		for _, h := range heading.FindAllStringSubmatch(string(data), -1) {
			anchors = append(anchors, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
		}
		assert.Contains(t, anchors, anchor, "%s has no such heading", there)
	}
}
