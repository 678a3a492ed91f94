// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// driftStack has every kind of child.
const driftStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  networkPolicy: {enabled: true}
  ollama: {models: ["codellama:7b"], resources: {requests: {cpu: 500m, memory: 1Gi, storage: 10Gi}}}
  openwebui:
    enabled: true
    ingress: {enabled: true, host: chat.example.com}
  tabby: {enabled: true}
`

// Changes of fields that the operator applies are reverted for every kind, and what others add is
// preserved.
func TestDrift(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, driftStack)
	k.ready(t, "stack")
	for _, tc := range []struct{ child, patch, path, want string }{
		{"deployment/stack-ollama", `{"spec":{"replicas":3}}`, ".spec.replicas", "1"},
		{"deployment/stack-ollama", `{"spec":{"template":{"spec":{"enableServiceLinks":true}}}}`, ".spec.template.spec.enableServiceLinks", "false"},
		{"deployment/stack-tabby", `{"spec":{"template":{"spec":{"containers":[{"name":"tabby","image":"x"}]}}}}`, ".spec.template.spec.containers[0].image", "tabbyml/tabby:latest"},
		{"deployment/stack-tabby", `{"metadata":{"ownerReferences":null}}`, ".metadata.ownerReferences[0].name", "stack"},
		{"service/stack-ollama", `{"spec":{"selector":{"ollama-deployment":"x"}}}`, ".spec.selector.ollama-deployment", "stack"},
		{"service/stack-ollama", `{"spec":{"ports":[{"port":80,"name":"http"}]}}`, ".spec.ports[*].port", "11434"},
		{"service/stack-ollama", `{"metadata":{"labels":{"ollama-deployment":null}}}`, ".metadata.labels.ollama-deployment", "stack"},
		{"service/stack-tabby", `{"metadata":{"labels":{"ollama-deployment":"another"}}}`, ".metadata.labels.ollama-deployment", "stack"},
		{"ingress/stack-openwebui", `{"spec":{"rules":[{"host":"evil.example.com"}]}}`, ".spec.rules[*].host", "chat.example.com"},
		{"networkpolicy/stack-ollama", `{"spec":{"ingress":[{}],"policyTypes":["Ingress"]}}`, ".spec.ingress[0].ports[0].port} {.spec.policyTypes[1]", "11434 Egress"},
		{"configmap/stack-ollama", `{"data":{"pull-models.sh":null}}`, `.data.pull-models\.sh`, k.get(t, "configmap/stack-ollama", `.data.pull-models\.sh`)},
		{"persistentvolumeclaim/stack-ollama", `{"metadata":{"labels":{"app.kubernetes.io/name":"x"}}}`, `.metadata.labels.app\.kubernetes\.io/name`, "ollama"},
	} {
		kind := "merge"
		if strings.Contains(tc.patch, "containers") {
			kind = "strategic" // a merge patch would replace the whole container
		}
		k.ok(t, "", "patch", tc.child, "--type="+kind, "-p", tc.patch)
		k.eventually(t, tc.child, tc.path, tc.want)
	}
	for _, child := range []string{
		"deployment/stack-ollama", "service/stack-ollama", "ingress/stack-openwebui", "configmap/stack-tabby", "persistentvolumeclaim/stack-ollama",
	} {
		k.ok(t, "", "label", child, "theirs=added")
		k.ok(t, "", "annotate", child, "example.com/theirs=added")
	}
	k.ok(t, "", "patch", "configmap/stack-tabby", "--type=merge", "-p", `{"data":{"theirs":"added"}}`)
	k.atRest(t)
	for _, child := range []string{
		"deployment/stack-ollama", "service/stack-ollama", "ingress/stack-openwebui", "configmap/stack-tabby", "persistentvolumeclaim/stack-ollama",
	} {
		assert.Equal(t, "added", k.get(t, child, ".metadata.labels.theirs"), child)
		assert.Equal(t, "added", k.get(t, child, `.metadata.annotations.example\.com/theirs`), child)
	}
	assert.Equal(t, "added", k.get(t, "configmap/stack-tabby", ".data.theirs"))
	k.ready(t, "stack")
}

// Somebody may write the key of a list twice, which the API server stores with a warning. Changes of the child are
// reverted all the same, the status goes on, and nothing of the child is logged.
func TestDriftOfDuplicateKeys(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, driftStack)
	k.ready(t, "stack")
	add := `[{"op": "add", "path": "/spec/template/spec/containers/0/env/-", "value": {"name": "TWICE", "value": "hidden-value"}}]`
	for range 2 {
		k.ok(t, "", "patch", "deployment/stack-openwebui", "--type=json", "-p", add)
	}
	const twice = `.spec.template.spec.containers[0].env[?(@.name=="TWICE")].value`
	require.Len(t, strings.Fields(k.get(t, "deployment/stack-openwebui", twice)), 2)
	k.atRest(t)
	k.ok(t, "", "patch", "deployment/stack-openwebui", "--type=merge", "-p", `{"spec":{"replicas":3}}`)
	k.eventually(t, "deployment/stack-openwebui", ".spec.replicas", "1")
	k.ok(t, "", "patch", "ollamadeployment/stack", "--type=merge", "-p", `{"spec":{"openwebui":{"replicas":2}}}`)
	k.eventually(t, "deployment/stack-openwebui", ".spec.replicas", "2")
	k.eventually(t, "ollamadeployment/stack", ".status.openwebuiStatus.readyReplicas", "2")
	assert.Len(t, strings.Fields(k.get(t, "deployment/stack-openwebui", twice)), 2, "what others add stays")
	k.atRest(t)
}

// Deleted children are created again, for every kind.
func TestDeletedChildren(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, driftStack)
	k.ready(t, "stack")
	for _, child := range []string{
		"deployment/stack-tabby", "service/stack-tabby", "networkpolicy/stack-ollama", "ingress/stack-openwebui", "configmap/stack-tabby", "persistentvolumeclaim/stack-ollama", "secret/stack-tabby",
	} {
		uid := k.get(t, child, ".metadata.uid")
		k.ok(t, "", "delete", child, "--wait=false")
		switch child {
		case "persistentvolumeclaim/stack-ollama":
			// A finalizer protects a claim that a pod uses.
			k.run(t, "", "patch", child, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
		case "secret/stack-tabby":
			// Secrets are not watched, so that another event has to trigger the reconcile.
			k.ok(t, "", "delete", "service/stack-tabby")
		}
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			r := k.run(t, "", "get", child, "-o", "jsonpath={.metadata.uid}")
			assert.Zero(c, r.Code)
			assert.NotEqual(c, uid, r.Stdout)
		}, patience, tick, child)
	}
	k.ready(t, "stack")
}

// A rollout restart and the replicas of a HorizontalPodAutoscaler are preserved.
func TestChangesOfOthersArePreserved(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	k.ok(t, "", "rollout", "restart", "deployment/stack-ollama")
	k.ok(t, "", "rollout", "status", "deployment/stack-ollama", "--timeout="+patience.String())
	k.ok(t, "", "autoscale", "deployment/stack-ollama", "--min=3", "--max=4", "--cpu=80%")
	k.eventually(t, "ollamadeployment/stack", ".status.ready", "5/5")
	k.ready(t, "stack")
	k.atRest(t)
	assert.Equal(t, "3", k.get(t, "deployment/stack-ollama", ".spec.replicas"))
	assert.NotEmpty(t, k.get(t, "deployment/stack-ollama", `.spec.template.metadata.annotations.kubectl\.kubernetes\.io/restartedAt`))

	// Replicas that a user sets on the Deployment are reverted.
	k.ok(t, "", "scale", "deployment/stack-openwebui", "--replicas=2")
	k.eventually(t, "deployment/stack-openwebui", ".spec.replicas", "1")
}

// The default class of an Ingress is preserved. The test is not parallel, because it sets the default
// class of the cluster.
func TestDefaultIngressClass(t *testing.T) {
	k := newKubectl(t)
	const class = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: the-default, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: example.com/ingress}
`
	k.ok(t, class, "apply", "-f", "-")
	t.Cleanup(func() { k.ok(t, class, "delete", "-f", "-") })
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got := k.ok(t, "", "create", "ingress", "probe", "--rule=a.example.com/*=x:80", "--dry-run=server", "-o", "jsonpath={.spec.ingressClassName}")
		assert.Equal(c, "the-default", got)
	}, patience, tick)
	k.apply(t, stack)
	k.ready(t, "stack")
	writes := k.atRest(t)
	assert.Equal(t, "the-default", k.get(t, "ingress/stack-openwebui", ".spec.ingressClassName"))
	k.ok(t, "", "label", "ingress/stack-openwebui", "a=b")
	assert.Equal(t, writes, k.atRest(t))
}
