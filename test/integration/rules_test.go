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

// Every case of the table of rules, as kubectl prints the API server's answer.
// Where that differs from the table's errors, the golden file shows the schema
// speaking first: of duplicates in lists with keys, which it finds itself.
func TestRules(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	var files []string
	for _, tc := range fixtures.Rules(t) {
		file := strings.ReplaceAll(notInFile.Replace(tc.Name), " ", "-") + ".txt"
		files = append(files, file)
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			// --dry-run=server takes the same way and stores nothing.
			r := k.run(t, tc.Object("stack"), "apply", "--dry-run=server", "-f", "-")
			refused := len(tc.Errors) > 0 || tc.AllowHostPath
			assert.Equal(t, refused, r.Code != 0, r.Stderr)
			golden.Equal(t, filepath.Join("testdata", "rules", file), r.Stdout+r.Stderr)
		})
	}
	t.Cleanup(func() {
		golden.OnlyFiles(t, filepath.Join("testdata", "rules"), files)
		assert.Empty(t, k.ok(t, "", "get", "ollamadeployments", "-o", "name"), "something was stored")
	})
}

var notInFile = strings.NewReplacer("'", "", ",", "")
