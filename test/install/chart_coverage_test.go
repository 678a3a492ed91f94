// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// Each value of the chart has a case that sets it and says what follows.
func TestChartValuesAreCovered(t *testing.T) {
	t.Parallel()
	root, err := cluster.Root()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, "charts", "llm-operator", "values.yaml"))
	require.NoError(t, err)
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(text, &values))
	leaves := leavesOf("", values)
	assert.Greater(t, len(leaves), 30)

	var set []string
	for _, cases := range []map[string]chartCase{chartValueCases, chartPodCases, chartNameCases} {
		for _, tc := range cases {
			for _, flag := range tc.flags {
				set = append(set, pathsOf(flag)...)
			}
		}
	}
	for _, leaf := range leaves {
		assert.Condition(t, func() bool { return isSet(leaf, set) }, "no case sets %s", leaf)
	}
}

// leavesOf returns the paths of the values that have no values below them.
func leavesOf(prefix string, values map[string]any) []string {
	var leaves []string
	for key, value := range values {
		inner, _ := value.(map[string]any)
		if len(inner) == 0 {
			leaves = append(leaves, prefix+key)
			continue
		}
		leaves = append(leaves, leavesOf(prefix+key+".", inner)...)
	}
	return leaves
}

var (
	lists = regexp.MustCompile(`\{[^}]*\}`)
	setTo = regexp.MustCompile(`(?:^|,)([\w.\[\]]+)=`)
)

// pathsOf returns the paths that a flag of Helm sets.
func pathsOf(flag string) []string {
	assignments, found := strings.CutPrefix(flag, "--set=")
	if !found {
		return nil
	}
	var paths []string
	for _, match := range setTo.FindAllStringSubmatch(lists.ReplaceAllString(assignments, ""), -1) {
		paths = append(paths, match[1])
	}
	return paths
}

// isSet reports whether one of the paths is the leaf, or is below it.
func isSet(leaf string, paths []string) bool {
	for _, path := range paths {
		rest, found := strings.CutPrefix(path, leaf)
		if found && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

func TestPathsOfFlags(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		flag string
		want []string
	}{
		"one value":           {flag: "--set=a.b=c", want: []string{"a.b"}},
		"several values":      {flag: "--set=a.b=Q0E=,d=e", want: []string{"a.b", "d"}},
		"lists":               {flag: "--set=a={b,--c=d},e[0].f=g", want: []string{"a", "e[0].f"}},
		"name of a release":   {flag: "--name-template=x"},
		"a version of an API": {flag: "--kube-version=1.37.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, pathsOf(tc.flag))
		})
	}
}
