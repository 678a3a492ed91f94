// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root is the directory of the repository.
const root = "../.."

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(data)
}

var (
	row      = regexp.MustCompile(`(?m)^\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$`)
	testLink = regexp.MustCompile("\\[`((?:Test|Fuzz)\\w+)`\\]\\(\\.\\./([^)]+)\\)")
)

// Each threat of the catalog has tests, which are in the files that it links.
func TestThreats(t *testing.T) {
	t.Parallel()
	_, section, found := strings.Cut(read(t, "docs/security.md"), "## Threats\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	rows := row.FindAllStringSubmatch(section, -1)
	require.Greater(t, len(rows), 12)
	for _, cells := range rows[2:] {
		threat := strings.TrimSpace(cells[2])
		assert.NotEmpty(t, threat)
		assert.NotEmpty(t, strings.TrimSpace(cells[3]), threat)
		links := testLink.FindAllStringSubmatch(cells[4], -1)
		assert.NotEmpty(t, links, threat)
		assert.Empty(t, strings.Trim(testLink.ReplaceAllString(cells[4], ""), " ,"), threat)
		for _, link := range links {
			assert.Contains(t, read(t, link[2]), "\nfunc "+link[1]+"(", threat)
		}
	}
}

// fuzzTargets are the directories and names of the targets.
func fuzzTargets(t *testing.T) [][2]string {
	t.Helper()
	out, err := exec.Command(filepath.Join(root, "hack/fuzz-targets.sh")).Output()
	require.NoError(t, err)
	var targets [][2]string
	for line := range strings.Lines(string(out)) {
		dir, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		targets = append(targets, [2]string{dir, name})
	}
	return targets
}

var target = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// "make fuzz" and OSS-Fuzz find every target. OSS-Fuzz tells targets apart by the beginnings of their names.
func TestFuzzTargets(t *testing.T) {
	t.Parallel()
	var want [][2]string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		for _, match := range target.FindAllStringSubmatch(read(t, name), -1) {
			want = append(want, [2]string{"./" + filepath.Dir(name), match[1]})
		}
		return nil
	}))
	got := fuzzTargets(t)
	assert.ElementsMatch(t, want, got)
	assert.Greater(t, len(got), 30)
	for _, one := range got {
		for _, other := range got {
			same := one == other || !strings.HasPrefix(other[0]+"/", one[0]+"/")
			assert.True(t, same || !strings.HasPrefix(other[1], one[1]), "%s begins like %s", other, one)
		}
	}
}

// The build for OSS-Fuzz compiles each target once, under a name of its own.
func TestOSSFuzzBuild(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	log := filepath.Join(bin, "log")
	double := "#!/bin/sh\necho \"$1 $2 $3\" >>" + log + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "compile_native_go_fuzzer_v2"), []byte(double), 0o700)) //nolint:gosec // a program
	build := exec.Command("hack/oss-fuzz/build.sh")
	build.Dir = root
	build.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	calls, err := os.ReadFile(log)
	require.NoError(t, err)
	names := map[string]bool{}
	var got [][2]string
	for line := range strings.Lines(string(calls)) {
		fields := strings.Fields(line)
		require.Len(t, fields, 3)
		got = append(got, [2]string{strings.Replace(fields[0], "github.com/geeper-io/llm-operator", ".", 1), fields[1]})
		assert.Regexp(t, `^[A-Za-z0-9_]+$`, fields[2])
		names[fields[2]] = true
	}
	assert.Equal(t, fuzzTargets(t), got)
	assert.Len(t, names, len(got))
}
