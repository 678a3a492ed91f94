// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Numbers without quotes are reported with a suggestion, together with other errors.
func TestUnquotedNumbers(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: [llama2], imageTag: 0.32, settings: {keepAlive: -1}, resources: {limits: {cpu: 0.5, memory: 8589934592}}}
  openwebui: {enabled: "true", ingress: {enabled: true}}
`
	r := k.run(t, object, "apply", "-f", "-")
	assert.Equal(t, 1, r.Code)
	for _, want := range []string{
		`spec.ollama.imageTag: Invalid value: 0.32: write it in quotes: "0.32"`,
		`spec.ollama.settings.keepAlive: Invalid value: -1: write it in quotes: "-1"`,
		`spec.ollama.resources.limits[cpu]: Invalid value: 0.5: write it in quotes: "0.5"`,
		`spec.ollama.models[0]: Invalid value: "llama2": has no tag`,
		`spec.openwebui.enabled: Invalid value: "true": write it without quotes: true`,
		`spec.openwebui.ingress.host: Required value`,
	} {
		assert.Contains(t, r.Stderr, want)
	}
	assert.NotContains(t, r.Stderr, "<nil>")
	assert.NotContains(t, r.Stderr, "memory")
	right := strings.NewReplacer("[llama2]", `["llama2:7b"]`, "keepAlive: -1", `keepAlive: "-1"`, "0.32", `"0.32"`, "0.5", `"0.5"`, `"true", ingress: {enabled: true}`, "true").Replace(object)
	k.apply(t, right)
	k.ready(t, "stack")

	r = k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"imageTag":0.33,"replicas":20}}}`)
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, `spec.ollama.imageTag: Invalid value: 0.33: write it in quotes: "0.33"`)
	assert.Contains(t, r.Stderr, "spec.ollama.replicas: Invalid value: 20: must be at most 10")
}

// A new object with a deletionTimestamp is defaulted and validated. Only server-side apply sends the
// field to the webhooks.
func TestCreateWithADeletionTimestamp(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: NAME, deletionTimestamp: "2026-01-02T03:04:05Z", deletionGracePeriodSeconds: 0}
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui: {enabled: true}
`
	wrong := strings.Replace(object, "enabled: true", "enabled: true, ingress: {enabled: true}", 1)
	for name, command := range map[string][]string{
		"created": {"create", "-f", "-"}, "applied": {"apply", "-f", "-"}, "server-side": {"apply", "--server-side", "-f", "-"},
	} {
		r := k.run(t, strings.ReplaceAll(wrong, "NAME", name), command...)
		assert.Equal(t, 1, r.Code, name)
		assert.Contains(t, r.Stderr, "spec.openwebui.ingress.host: Required value", name)
		r = k.run(t, strings.ReplaceAll(object, "NAME", name), command...)
		require.Zero(t, r.Code, "%s: %s", name, r.Stderr)
		assert.Equal(t, "ClusterIP 8080", k.get(t, "ollamadeployment/"+name, ".spec.openwebui.service.type} {.spec.openwebui.service.port"), name)
		if name == "server-side" && k.minorVersion(t) <= 32 {
			continue // this API server stores the field of a new object, which counts as being deleted
		}
		k.ready(t, name)
	}
}

// Updates of an object that is being deleted are not validated.
func TestUpdateOfDeletedObject(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, strings.Replace(strings.ReplaceAll(minimal, "NAME", "stack"), "metadata: {", "metadata: {finalizers: [example.com/test], ", 1))
	require.Equal(t, "example.com/test", k.get(t, "ollamadeployment/stack", ".metadata.finalizers[0]"))
	k.ok(t, "", "delete", "ollamadeployment", "stack", "--wait=false")
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"ingress":{"enabled":true}}}}`)
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	k.ok(t, "", "wait", "--for=delete", "ollamadeployment/stack", "--timeout="+patience.String())
}

// An object that was stored without admission and cannot be decoded can be repaired and deleted. The
// test is not parallel, because the operator cannot list objects in the meantime.
func TestRepairOfUndecodableObject(t *testing.T) {
	k := newKubectl(t)
	for _, kind := range []string{"mutating", "validating"} {
		k.ok(t, "", "patch", kind+"webhookconfiguration", kind+"-webhook-configuration", "--type=json", "-p", unchecked)
	}
	k.ok(t, "", "label", "namespace", k.namespace, "unchecked=")
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: NAME}
spec:
  ollama: {models: ["llama2:7b"], resources: {limits: {memory: 1e3.5, cpu: "1"}}}
`
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, strings.ReplaceAll(object, "NAME", "stack"), "create", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
	k.ok(t, strings.ReplaceAll(object, "NAME", "unwanted"), "create", "-f", "-")
	k.ok(t, "", "label", "namespace", k.namespace, "unchecked-")
	const wrong = `spec.ollama.resources.limits[memory]: Invalid value: "1e3.5": must be a quantity`
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"replicas":2}}}`)
		assert.Equal(c, 1, r.Code)
		assert.Contains(c, r.Stderr, wrong)
	}, patience, tick)
	r := k.run(t, "", "label", "ollamadeployment", "stack", "team=a")
	assert.Contains(t, r.Stderr, wrong, "the webhook is called, because defaults are missing")
	k.ok(t, "", "delete", "ollamadeployment", "unwanted", "--timeout="+patience.String())
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"limits":{"memory":"8Gi"}}}}}`)
	k.ready(t, "stack")
}
