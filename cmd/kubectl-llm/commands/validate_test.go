// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// manyDocuments returns documents, of which every hundredth has an error.
func manyDocuments(count int) string {
	var out strings.Builder
	for i := range count {
		model := "llama2:7b"
		if i%100 == 7 {
			model = "llama2"
		}
		fmt.Fprintf(&out, "---\napiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata:\n  name: stack-%d\n  labels:\n    team: models\n"+
			"spec:\n  ollama:\n    imageTag: \"0.12.3\"\n    models:\n      - %s\n      - codellama:7b\n    resources:\n      requests:\n        storage: 50Gi\n"+
			"      limits:\n        memory: 16Gi\n  openwebui:\n    enabled: true\n    imageTag: v0.6.5\n    service:\n      type: ClusterIP\n      port: 8080\n", i, model)
	}
	return out.String()
}

// Findings are in the order of the documents, whichever is checked first, also in files of which one is named twice.
func TestValidateMany(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	require.NoError(t, os.WriteFile(path, []byte(manyDocuments(300)), 0o600))
	code, out, stderr := run(t, "", "validate", path, path)
	assert.Equal(t, ExitInvalid, code)
	assert.Empty(t, stderr)
	var want strings.Builder
	for _, number := range []int{7, 107, 207, 7, 107, 207} {
		fmt.Fprintf(&want, "%s:%d:9: error: spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"?\n", path, 24*number+12)
	}
	assert.Equal(t, want.String()+"600 objects checked: 6 errors, 0 warnings\n", out)
}

// What the parser says of the end of a document comes after the findings before it, and nothing is printed if a file
// cannot be read.
func TestValidateOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	bad := strings.TrimPrefix(manyDocuments(8), manyDocuments(7))
	require.NoError(t, os.WriteFile(path, []byte("a: [\n"+bad+"---\na: [1\n--- {b\n"), 0o600))
	_, out, _ := run(t, "", "validate", path)
	lines := strings.Split(strings.ReplaceAll(out, path, ""), "\n")
	require.Len(t, lines, 6)
	previous := 0
	for _, text := range lines[:4] {
		var line, column int
		_, err := fmt.Sscanf(text, ":%d:%d:", &line, &column)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, line, previous, out)
		previous = line
	}
	assert.Equal(t, "1 object checked: 4 errors, 0 warnings", lines[4])

	code, out, stderr := run(t, "", "validate", path, filepath.Join(dir, "none.yaml"))
	assert.Equal(t, ExitUsage, code)
	assert.Empty(t, out)
	assert.Equal(t, "error: "+filepath.Join(dir, "none.yaml")+": no such file or directory\n", stderr)
}

// BenchmarkValidate validates documents of standard input, one per operation.
func BenchmarkValidate(b *testing.B) {
	for _, format := range []string{"text", "json", "sarif"} {
		b.Run(format, func(b *testing.B) {
			const batch = 1000
			text := manyDocuments(batch)
			b.ReportAllocs()
			for done := 0; done < b.N; done += batch {
				if b.N-done < batch {
					text = manyDocuments(b.N - done)
				}
				code := Run([]string{"validate", "-", "-o", format}, genericiooptions.IOStreams{In: strings.NewReader(text), Out: io.Discard, ErrOut: io.Discard})
				require.NotEqual(b, ExitUsage, code)
			}
		})
	}
}
