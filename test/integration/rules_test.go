// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// The golden files have the output of kubectl for every case of rules.yaml. It differs from the errors
// of the case where the schema rejects the object first, such as for duplicate keys in lists.
func TestRules(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	var files []string
	for _, tc := range fixtures.Rules(t) {
		file := strings.ReplaceAll(notInFile.Replace(tc.Name), " ", "-") + ".txt"
		files = append(files, file)
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			k.requireFields(t, tc.Spec)
			r := k.run(t, tc.Object("stack"), "apply", "--dry-run=server", "-f", "-")
			rejected := len(tc.Errors) > 0 || tc.AllowHostPath || tc.AllowServiceAccounts || tc.AllowPrivilegedPods
			assert.Equal(t, rejected, r.Code != 0, r.Stderr)
			golden.Equal(t, filepath.Join("testdata", "rules", file), r.Stdout+r.Stderr)
		})
	}
	t.Cleanup(func() {
		golden.OnlyFiles(t, filepath.Join("testdata", "rules"), files)
		assert.Empty(t, k.ok(t, "", "get", "ollamadeployments", "-o", "name"), "objects were stored")
	})
}

var notInFile = strings.NewReplacer("'", "", ",", "")
