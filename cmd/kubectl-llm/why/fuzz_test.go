// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Whatever is stored, with whatever managed fields: each field that is explained can be asked for by the path that is
// printed, its managers are recorded in the object, and what is printed does not control a terminal.
func FuzzStored(f *testing.F) {
	for _, text := range []string{
		object(`{ollama: {models: ["llama2:7b"], servicePort: 80, service: {port: 80}}}`, `{"spec":{"ollama":{"servicePort":80}}}`, managedBy("a", "Apply", `{`+flatPort+`}`), managedBy("b", "Update", `{`+nestedPort+`}`)),
		object(`{ollama: {models: ["llama2:7b"], replicas: 2}, tabby: {modelName: "llama2:7b"}}`, "", managedBy(`"\x1b[31m"`, "Update", `{`+replicas+`}`), managedBy("c", "Update", `{`+modelName+`}`)),
		object(`{ollama: {models: ["llama2:7b"], envVars: [{name: A, value: a}, {name: B}], resources: {limits: {nvidia.com/gpu: 1, "a]b": 1}}}}`, "", managedBy("a", "Apply", `{"f:spec":{"f:ollama":{"f:envVars":{"k:{\"name\":\"A\"}":{"f:value":{}}},"f:models":{"v:\"llama2:7b\"":{}}}}}`)),
		object(`{ollama: {models: [1, null], service: []}}`, "x", managedBy("a", "Apply", `null`), managedBy("a", "Apply", `{"x":1}`)),
	} {
		data, err := yaml.YAMLToJSON([]byte(text))
		require.NoError(f, err)
		f.Add(data)
	}
	known := schema(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := New(data, known)
		if err != nil {
			return
		}
		recorded := map[string]bool{}
		for _, entry := range e.stored.ManagedFields {
			recorded[entry.Manager] = true
		}
		for i, path := range e.Paths() {
			if i == 20 {
				break // a removal is tried for each, which takes long
			}
			fields, err := e.Explain(path)
			if err != nil {
				assert.Contains(t, path, "[", "only keys of maps can be written in a way that is read otherwise")
				continue
			}
			var out strings.Builder
			require.NoError(t, Write(&out, fields, now))
			assert.Equal(t, terminal.EscapeText(out.String()), out.String())
			for _, field := range fields {
				for _, manager := range field.Managers {
					assert.True(t, recorded[manager.Name], manager.Name)
				}
			}
		}
	})
}
