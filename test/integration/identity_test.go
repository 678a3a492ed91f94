// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const known = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata:
  name: known
spec:
  ollama:
    models: ["llama2:7b"]
    identitySecretRef: {name: key, create: true}
`

// The operator, with the rights that it has, creates Ollama's key once. It outlives the object, and an object that
// is created again has the same.
func TestIdentityCreated(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, known)
	k.ready(t, "known")
	public, stderr, code := k.plugin("identity", "known")
	require.Zero(t, code, stderr)
	assert.Regexp(t, `^ssh-ed25519 [A-Za-z0-9+/=]+ `+k.namespace+`/known\n$`, public)
	before := k.get(t, "secret/key", ".metadata")
	assert.Equal(t, "llm-operator", k.get(t, "secret/key", `.metadata.labels.app\.kubernetes\.io/managed-by`))
	assert.Equal(t, public, k.ok(t, "", "get", "secret", "key", "-o", `go-template={{index .data "id_ed25519.pub" | base64decode}}`))

	private := strings.Split(k.ok(t, "", "get", "secret", "key", "-o", `go-template={{.data.id_ed25519 | base64decode}}`), "\n")
	told := strings.Join(k.logged(t), "") + k.ok(t, "", "get", "ollamadeployments,events,deployments", "-o", "yaml")
	assert.Contains(t, told, `"msg":"created","`)
	for _, line := range private[2:5] {
		assert.Len(t, line, 64)
		assert.NotContains(t, told, line, "part of the key")
	}

	k.ok(t, "", "delete", "ollamadeployment", "known", "--cascade=foreground")
	k.ok(t, "", "wait", "--for=delete", "deployment/known-ollama", "--timeout="+patience.String())
	k.apply(t, known)
	k.ready(t, "known")
	again, _, _ := k.plugin("identity", "known")
	assert.Equal(t, public, again)
	assert.Equal(t, before, k.get(t, "secret/key", ".metadata"))
}

// A Secret of the user is used as it is, and never written. Without one, the status says which is missing.
func TestIdentityOfUser(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, strings.ReplaceAll(known, ", create: true", ""))
	k.eventually(t, "ollamadeployment/known", `.status.conditions[?(@.type=="Ready")].message`,
		`Secret "key" of spec.ollama.identitySecretRef does not exist; create it, or set create: true`)
	assert.Equal(t, "IdentityNotUsable", k.get(t, "ollamadeployment/known", `.status.conditions[?(@.type=="Ready")].reason`))
	assert.Empty(t, k.ok(t, "", "get", "deployment", "--ignore-not-found", "known-ollama", "-o", "name"))
	_, stderr, code := k.plugin("identity", "known")
	assert.Equal(t, 1, code)
	assert.Equal(t, `error: Secret "key" of ollama.identitySecretRef does not exist; create it with a private key in id_ed25519, or set create: true`+"\n", stderr)

	k.ok(t, "", "create", "secret", "generic", "key", "--from-literal=id_ed25519=no key")
	k.apply(t, known) // create: true changes nothing of a Secret that exists
	k.eventually(t, "ollamadeployment/known", `.status.conditions[?(@.type=="Ready")].message`,
		`Secret "key" of spec.ollama.identitySecretRef cannot be used: id_ed25519 is not a private key of OpenSSH`)
	require.Empty(t, k.get(t, "secret/key", ".metadata.labels"))

	// Another object makes a key, which the user copies.
	k.apply(t, strings.ReplaceAll(strings.ReplaceAll(known, "known", "other"), "key", "other"))
	k.ready(t, "other")
	data := k.get(t, "secret/other", `.data.id_ed25519`)
	k.ok(t, "", "patch", "secret", "key", "--type=merge", "-p", `{"data":{"id_ed25519":"`+data+`"}}`)
	version := k.get(t, "secret/key", ".metadata.resourceVersion")
	k.ready(t, "known")
	assert.Equal(t, version, k.get(t, "secret/key", ".metadata.resourceVersion"))
	const hash = `.spec.template.metadata.annotations.llm\.geeper\.io/identity-hash`
	assert.Equal(t, k.get(t, "deployment/other-ollama", hash), k.get(t, "deployment/known-ollama", hash))
	k.atRest(t)
}
