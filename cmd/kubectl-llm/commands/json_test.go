// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The same object in JSON, with escapes and without, as YAML does not allow or folds it.
const (
	escapedJSON = `{"apiVersion": "llm.geeper.io\/v1alpha1", "kind": "OllamaDeployment",
	"metadata": {"name": "stack", "annotations": {"a": "\ud83d\ude00 \u2028 \u0085 \u2029- \u007f\ufffe"}},
	"spec": {"ollama": {"models": ["llama2:7b"], "imageTag": "1", "resources": {"limits": {"memory": "8Gi"}}}}}`
	rawJSON = "{\"apiVersion\": \"llm.geeper.io/v1alpha1\", \"kind\": \"OllamaDeployment\",\n" +
		"\t\"metadata\": {\"name\": \"stack\", \"annotations\": {\"a\": \"\U0001f600 \u2028 \u0085 \u2029- \u007f\ufffe\"}},\n" +
		"\t\"spec\": {\"ollama\": {\"models\": [\"llama2:7b\"], \"imageTag\": \"1\", \"resources\": {\"limits\": {\"memory\": \"8Gi\"}}}}}"
	annotationInJSON = "\U0001f600 \u2028 \u0085 \u2029- \u007f\ufffe"
)

// JSON that is not YAML is read as JSON, and what is printed has its values.
func TestJSONThatIsNotYAML(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"escaped": escapedJSON, "raw": rawJSON} {
		for _, args := range [][]string{{"default", "-"}, {"default", "-", "-o", "json"}, {"migrate", "-"}, {"fix", "-"}, {"fix", "-f", "-", "testdata/broken.yaml"}} {
			t.Run(name+" "+args[0]+" "+args[len(args)-1], func(t *testing.T) {
				t.Parallel()
				_, out, _ := run(t, text, args...)
				var got struct {
					Metadata struct{ Annotations map[string]string }
				}
				if json.Unmarshal([]byte(out), &got) != nil {
					require.NoError(t, yaml.Unmarshal([]byte(out), &got), out)
				}
				assert.Equal(t, map[string]string{"a": annotationInJSON}, got.Metadata.Annotations)
			})
		}
	}
}

func TestExitStatusOfJSONThatIsNotYAML(t *testing.T) {
	t.Parallel()
	stored := write(t, filepath.Join(t.TempDir(), "a.json"), escapedJSON)
	const valid = "1 object checked: 0 errors, 0 warnings\n"
	testExit(t, map[string]exitCase{
		"validate, escaped":       {escapedJSON, []string{"validate", "-"}, 0, valid, ""},
		"validate, raw":           {rawJSON, []string{"validate", "-"}, 0, valid, ""},
		"validate as an update":   {rawJSON, []string{"validate", "-", "--against", stored}, 0, valid, ""},
		"plan":                    {rawJSON, []string{"plan", "-f", "-", "--against", stored}, 0, "OllamaDeployment stack: no changes\n", ""},
		"validate, invalid UTF-8": {"{\"kind\": \"\xff\"}", []string{"validate", "-"}, 2, "-:1:1: error: invalid leading UTF-8 octet\n0 objects checked: 1 error, 0 warnings\n", ""},
	})
}
