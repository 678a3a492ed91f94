// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logged returns the lines of the operator's log about the namespace.
func (k kubectl) logged(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared.Dir, "log", "manager.log"))
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, `"`+k.namespace+`"`) || strings.Contains(line, k.namespace+"/") {
			lines = append(lines, line)
		}
	}
	return lines
}

// A child that the API server rejects is logged with the reason, but without the values in the message,
// and is not retried in a loop.
func TestRejectedChildIsLogged(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	policy := `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ` + k.namespace + `}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ` + k.namespace + `}}
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
  validations:
    - expression: "!object.spec.template.spec.containers.exists(c, has(c.env) && c.env.exists(e, e.name == 'PASSWORD'))"
      messageExpression: "'no ' + object.spec.template.spec.containers[0].env.filter(e, e.name == 'PASSWORD')[0].value"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: ` + k.namespace + `}
spec: {policyName: ` + k.namespace + `, validationActions: [Deny]}
`
	k.ok(t, policy, "apply", "-f", "-")
	t.Cleanup(func() { k.run(t, policy, "delete", "-f", "-") })
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: probe}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a, env: [{name: PASSWORD, value: x}]}]}}}}`,
			"create", "--dry-run=server", "-f", "-")
		assert.Contains(c, r.Stderr, "no x")
	}, patience, tick)

	k.apply(t, strings.Replace(stack, "tabby: {enabled: true}", "tabby: {enabled: true, envVars: [{name: PASSWORD, value: hunter2}]}", 1))
	k.condition(t, "stack", "Ready", "False", "ApplyFailed", "no hunter2")
	// Events of other children do not cause retries.
	k.ok(t, "", "delete", "service/stack-tabby")
	k.eventually(t, "service/stack-tabby", ".metadata.name", "stack-tabby")
	k.atRest(t)
	lines := strings.Join(k.logged(t), "")
	assert.NotContains(t, lines, "hunter2")
	assert.NotContains(t, lines, `"level":"error"`)
	assert.LessOrEqual(t, strings.Count(lines, "the API server refused a child"), 2)
	assert.Contains(t, lines, `applying Deployment \"stack-tabby\": Invalid`)
	assert.Contains(t, lines, `"msg":"applied"`, "changes are logged")

	k.ok(t, policy, "delete", "-f", "-")
	k.ready(t, "stack")
}

// Deleting a namespace with many objects logs no errors.
func TestNamespaceDeletionLogsNoError(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	var all strings.Builder
	for i := range 50 {
		all.WriteString("---\n" + strings.ReplaceAll(minimal, "NAME", fmt.Sprintf("stack-%d", i)))
	}
	k.apply(t, all.String())
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		ready := strings.Fields(k.get(t, "ollamadeployments", ".items[*].status.phase"))
		assert.Len(c, ready, 50)
	}, 2*time.Minute, time.Second)
	k.ok(t, "", "delete", "namespace", k.namespace, "--timeout="+(2*patience).String())
	for _, line := range k.logged(t) {
		assert.NotContains(t, line, `"level":"error"`)
		assert.True(t, json.Valid([]byte(line)), "the line is not JSON: %s", line)
	}
}
