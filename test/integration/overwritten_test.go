// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/audit"
)

// A status that another client overwrites is restored, also that of an alias. Nothing else is written,
// and only the object's Secrets are read.
func TestStatusOverwritten(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	k.ok(t, strings.Replace(aliased, "name: stack", "name: deprecated", 1), "apply", "-f", "-")
	k.eventually(t, "deployments.llm.geeper.io/deprecated", ".status.phase", "Ready")
	k.atRest(t)
	log, err := os.Stat(shared.AuditLog())
	require.NoError(t, err)

	for _, object := range []string{"ollamadeployment/stack", "deployments.llm.geeper.io/deprecated"} {
		ready := k.get(t, object, ".status.ready")
		for _, patch := range []string{
			`{"status":{"phase":"Pending","ready":"0/9","readyReplicas":0}}`,
			`{"status":{"conditions":[]}}`,
			`{"status":null}`,
		} {
			k.ok(t, "", "patch", object, "--subresource=status", "--type=merge", "-p", patch)
			k.eventually(t, object, ".status.ready", ready)
			k.eventually(t, object, ".status.phase", "Ready")
			k.eventually(t, object, `.status.conditions[?(@.type=="Ready")].status`, "True")
		}
	}
	k.atRest(t)
	requests, err := audit.Read(shared.AuditLog(), log.Size())
	require.NoError(t, err)
	for _, r := range requests {
		if r.Object.Namespace != k.namespace {
			continue
		}
		switch r.Verb + " " + r.Resource() {
		case "get secrets", "patch ollamadeployments/status", "patch deployments/status", "create events", "patch events":
		default:
			assert.Fail(t, "unexpected request", "%s %s %s", r.Verb, r.Resource(), r.Object.Name)
		}
	}
}

// An object that was stored without admission gets no children that a flag forbids.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	volume := strings.Replace(stack, "tabby: {enabled: true}", "tabby: {enabled: true, volumes: [{name: root, emptyDir: {}}], volumeMounts: [{name: root, mountPath: /node}]}", 1)
	defaulted := k.ok(t, volume, "create", "--dry-run=server", "-f", "-", "-o", "json")
	object := strings.Replace(defaulted, `"emptyDir": {}`, `"hostPath": {"path": "/"}`, 1)
	require.NotEqual(t, defaulted, object)
	for _, kind := range []string{"mutating", "validating"} {
		k.ok(t, "", "patch", kind+"webhookconfiguration", kind+"-webhook-configuration", "--type=json", "-p", unchecked)
	}
	k.ok(t, "", "label", "namespace", k.namespace, "unchecked=")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, object, "create", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
	k.condition(t, "stack", "Ready", "False", "NotAllowed", "spec.tabby.volumes[0].hostPath is not allowed without the operator's flag --allow-host-path")
	k.eventually(t, "deployment/stack-openwebui", ".metadata.name", "stack-openwebui")
	k.atRest(t)
	assert.False(t, k.exists(t, "deployment/stack-tabby"))
}
