// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// objects returns the objects that a version stores, by their namespaces: its own samples, the examples of
// the reference and fixtures, and those of testdata.
func (b build) objects(t *testing.T) map[string][]unstructured.Unstructured {
	t.Helper()
	all := map[string][]unstructured.Unstructured{
		"samples":   readAll(t, filepath.Join(b.root, "config", "samples", "*.yaml")),
		"reference": readAll(t, filepath.Join(b.root, "test", "fixtures", "reference", "*.yaml")),
		"states":    readAll(t, filepath.Join("testdata", "states.yaml")),
		"rules":     b.validRules(t),
	}
	for namespace, found := range all {
		require.NotEmpty(t, found, namespace)
		for _, object := range found {
			object.SetNamespace(namespace)
		}
	}
	return all
}

// readAll returns the OllamaDeployments in all files that match the pattern.
func readAll(t *testing.T, pattern string) []unstructured.Unstructured {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	var found []unstructured.Unstructured
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, document := range strings.Split(string(data), "\n---\n") {
			if object := parse(t, document); object.GetKind() == "OllamaDeployment" {
				found = append(found, object)
			}
		}
	}
	return found
}

// validRules returns an object for each case of the version's rules that is valid without flags of the
// manager but --allow-host-path.
func (b build) validRules(t *testing.T) []unstructured.Unstructured {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.root, "test", "fixtures", "rules.yaml"))
	require.NoError(t, err)
	var cases []fixtures.RuleCase
	require.NoError(t, yaml.Unmarshal(data, &cases))
	var found []unstructured.Unstructured
	for _, rule := range cases {
		if len(rule.Errors) == 0 && !rule.AllowServiceAccounts && !rule.AllowPrivilegedPods {
			found = append(found, parse(t, rule.Object(objectName(rule.Name))))
		}
	}
	return found
}

func parse(t *testing.T, text string) unstructured.Unstructured {
	t.Helper()
	object := unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &object.Object))
	return object
}

// objectName returns the name of a case as the name of an object.
func objectName(name string) string {
	name = strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}), "-"))
	return strings.Trim(name[:min(len(name), 50)], "-")
}
