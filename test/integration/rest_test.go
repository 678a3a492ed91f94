// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The operator writes each child once and the status at most four times, and then only writes after
// changes.
func TestWrites(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	writes := k.atRest(t)
	count := map[string]int{}
	for _, write := range writes {
		count[write]++
	}
	for _, write := range []string{
		"patch configmaps stack-ollama", "patch deployments stack-ollama", "patch services stack-ollama",
		"create secrets", "patch deployments stack-openwebui", "patch services stack-openwebui", "patch ingresses stack-openwebui",
		"patch configmaps stack-tabby", "patch deployments stack-tabby", "patch services stack-tabby",
	} {
		if write == "create secrets" {
			assert.Equal(t, 2, count["create secrets stack-openwebui"]+count["create secrets stack-tabby"])
			continue
		}
		assert.Equal(t, 1, count[write], write)
	}
	// When no pod, some pods and all pods are ready, and when the models are pulled. Simulated pods do not wait
	// for their models, so it depends on time whether some of these are seen together.
	assert.LessOrEqual(t, count["patch ollamadeployments/status stack"], 4, "%v", writes)

	// Labels and annotations of others cause no writes.
	k.ok(t, "", "annotate", "service/stack-ollama", "a=b")
	k.ok(t, "", "label", "deployment/stack-ollama", "a=b")
	assert.Equal(t, writes, k.atRest(t))

	// A change of the spec writes the affected children only.
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"service":{"port":80}}}}`)
	k.eventually(t, "service/stack-openwebui", ".spec.ports[0].port", "80")
	after := k.atRest(t)[len(writes):]
	assert.Equal(t, []string{"patch services stack-openwebui", "patch ollamadeployments/status stack"}, after)
}

// The operator does not revert what admission changes in its children.
func TestChildrenChangedByAdmission(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.requireResource(t, "admissionregistration.k8s.io/v1", "mutatingadmissionpolicies", "1.36")
	policy := `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: ` + k.namespace + `}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ` + k.namespace + `}}
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
  reinvocationPolicy: Never
  mutations:
    - patchType: JSONPatch
      jsonPatch:
        expression: '[JSONPatch{op: "replace", path: "/spec/template/spec/containers/0/image", value: "mirror.example.com/" + "ollama:latest"}]'
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: ` + k.namespace + `}
spec: {policyName: ` + k.namespace + `}
`
	k.ok(t, policy, "apply", "-f", "-")
	t.Cleanup(func() { k.run(t, policy, "delete", "-f", "-") })
	yaml, name := inNamespace(t, k, "minimal")
	// The policy takes effect some time after it is stored.
	probe := `
apiVersion: apps/v1
kind: Deployment
metadata: {name: probe}
spec:
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}
`
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, probe, "create", "-f", "-", "--dry-run=server", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
		assert.Equal(c, "mirror.example.com/ollama:latest", r.Stdout, r.Stderr)
	}, patience, tick)

	k.apply(t, yaml)
	k.ready(t, name)
	assert.Equal(t, "mirror.example.com/ollama:latest", k.get(t, "deployment/"+name+"-ollama", ".spec.template.spec.containers[0].image"))
	writes := k.atRest(t)
	k.ok(t, "", "annotate", "service/"+name+"-ollama", "a=b")
	k.ok(t, "", "delete", "service/"+name+"-ollama")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Zero(c, k.run(t, "", "get", "service/"+name+"-ollama").Code)
	}, patience, tick)
	for _, write := range k.atRest(t)[len(writes):] {
		assert.NotContains(t, write, "deployments "+name, "it is not applied again")
	}
	k.ready(t, name)
}
