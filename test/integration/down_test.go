// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// While the operator is down, bounds are enforced, changes of the spec are rejected, and other changes
// such as labels, finalizers and deletions succeed. The test is not parallel, because it stops the
// manager that other tests use.
func TestWhileTheOperatorIsDown(t *testing.T) {
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "tabby")
	object := "ollamadeployment/" + name
	k.apply(t, yaml)
	k.ready(t, name)
	k.ok(t, "", "patch", object, "--type=merge", "-p", `{"metadata":{"finalizers":["example.com/test"]}}`)

	require.NoError(t, shared.StopManager())
	t.Cleanup(func() { require.NoError(t, shared.StartManager()) })

	k.ok(t, "", "label", object, "team=a")
	k.ok(t, "", "annotate", object, "note=b")
	k.ok(t, "", "scale", object, "--replicas=2")
	r := k.run(t, "", "scale", object, "--replicas=11")
	assert.Contains(t, r.Stderr, "spec.ollama.replicas")
	r = k.run(t, "", "patch", object, "--type=merge", "-p", `{"spec":{"tabby":{"enabled":false}}}`)
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, "failed calling webhook")

	k.ok(t, "", "delete", object, "--wait=false")
	assert.NotEmpty(t, k.get(t, object, ".metadata.deletionTimestamp"))
	k.ok(t, "", "patch", object, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	k.ok(t, "", "wait", "--for=delete", object, "--timeout="+patience.String())

	k.ok(t, "", "delete", "namespace", k.namespace, "--timeout="+patience.String())
}
