// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/policy"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Whatever the policies and the object are: what they say is the same each time, is said by a policy of the file, and
// is not empty.
func FuzzEvaluate(f *testing.F) {
	const bound = `
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: a}
spec: {policyName: a, validationActions: [Deny, Warn]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: a}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [llm.geeper.io], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]}
  validations: [{expression: "object.spec.ollama.replicas < 3", messageExpression: "'has ' + string(object.spec.ollama.replicas)"}]
`
	minimal, err := os.ReadFile(fixtures.SamplePath("minimal"))
	require.NoError(f, err)
	f.Add(bound, string(minimal))
	data, err := os.ReadFile(filepath.Join(fixtures.PoliciesPath(), "replicas.yaml"))
	require.NoError(f, err)
	f.Add(string(data)+bound, string(minimal))
	checker, err := check.New(validation.Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, policies, object string) {
		objects, _ := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(object)})
		written, _ := manifest.Parse(manifest.File{Name: "p.yaml", Data: []byte(policies)})
		set, err := policy.Load(written, "default")
		if err != nil || len(objects) != 1 {
			return
		}
		result := checker.Check(objects[0])
		if result.Defaulted == nil {
			return
		}
		request, err := policy.NewRequest(result.JSON, result.Defaulted)
		require.NoError(t, err)
		first, err := set.Evaluate(t.Context(), request)
		if err != nil {
			return
		}
		again, err := set.Evaluate(t.Context(), request)
		require.NoError(t, err)
		assert.Equal(t, first, again)
		for _, v := range first {
			assert.NotEmpty(t, v.Message)
			assert.Contains(t, policies, v.Policy)
		}
	})
}
