// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Ollama pulls a private model with the key in the Secret, which the operator makes: the pods have no other, whoever
// they run as, and one that replaces another has the same. A pod waits until the key is registered.
func TestIdentity(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ security, home string }{
		"root":        {"{}", v1alpha1.OllamaDataPath},
		"random user": {"{profile: Restricted, runAsUser: " + randomUser() + "}", v1alpha1.RestrictedOllamaHome + "/.ollama"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSpace(t)
			model := s.namespace + ":1b"
			require.NoError(t, shared.Models.Add(model, 1_000_000))
			shared.Models.SetReader(model, "nobody")
			s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: known}
spec:
  security: `+tc.security+`
  ollama:
    models: ["`+model+`"]
    resources: {requests: {cpu: 20m, memory: 64Mi}}
    identitySecretRef: {name: key, create: true}
`)
			s.waitsFor(t, "model "+model+": Error: pull model manifest: unauthorized: access denied")
			secret := &corev1.Secret{}
			require.NoError(t, s.client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "key"}, secret))
			first := s.pod(t, "ollama")

			shared.Models.SetReader(model, string(secret.Data[v1alpha1.IdentityPublicKey]))
			s.ready(t, "known")
			assert.Equal(t, first.UID, s.pod(t, "ollama").UID)
			file := tc.home + "/" + v1alpha1.IdentityKey
			assert.Equal(t, string(secret.Data[v1alpha1.IdentityKey]), s.inPod(t, "ollama", "cat", file))

			downloads := shared.Models.Downloads(model)
			s.kubectl(t, "delete", "pod", first.Name)
			s.ready(t, "known")
			assert.NotEqual(t, first.UID, s.pod(t, "ollama").UID)
			assert.Equal(t, string(secret.Data[v1alpha1.IdentityKey]), s.inPod(t, "ollama", "cat", file))
			assert.Greater(t, shared.Models.Downloads(model), downloads)
		})
	}
}

// A volume has a mount point where the key was after the field is removed, which Ollama takes for a key. Without it
// the next pod makes one.
func TestIdentityRemoved(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("forgotten:1b", 1_000_000))
	s.addVolume(t, corev1.ReadWriteOnce)
	manifest := func(identity string) string {
		return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: forgotten}
spec:
  ollama:
    models: ["forgotten:1b"]
    resources: {requests: {cpu: 20m, memory: 64Mi, storage: 1Gi}}
` + identity
	}
	const file = v1alpha1.OllamaDataPath + "/" + v1alpha1.IdentityKey
	s.apply(t, manifest("    identitySecretRef: {name: key, create: true}\n"))
	s.ready(t, "forgotten")
	assert.NotEmpty(t, s.inPod(t, "ollama", "cat", file))

	s.apply(t, manifest(""))
	s.ready(t, "forgotten")
	assert.Empty(t, s.inPod(t, "ollama", "cat", file))
	s.inPod(t, "ollama", "rm", file)
	s.kubectl(t, "delete", "pod", s.pod(t, "ollama").Name)
	s.ready(t, "forgotten")
	assert.Contains(t, s.inPod(t, "ollama", "cat", file), "OPENSSH PRIVATE KEY")
}
