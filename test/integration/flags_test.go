// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flaggedPods are settings of pods that a flag of the operator allows.
var flaggedPods = map[string]struct{ flag, settings, field, applied, value string }{
	"account": {
		"--allow-service-accounts", "{serviceAccountName: admin}", "serviceAccountName",
		".spec.template.spec.serviceAccountName", "admin",
	},
	"privileged": {
		"--allow-privileged-pods", "{securityContext: {seccompProfile: {type: Unconfined}}}", "securityContext",
		".spec.template.spec.securityContext.seccompProfile.type", "Unconfined",
	},
}

// flaggedObject returns the manifest of an object with settings of pods that need a flag.
func flaggedObject(name, image string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: ` + name + `}
spec:
  ollama: {models: ["llama2:7b"], image: ` + image + `, pod: ` + flaggedPods[name].settings + `}
`
}

// Each flag for settings of pods reaches admission and the reconciler: with it, they are stored and applied.
// Without it, they are refused, and what is stored can still be changed but is not applied. The test is not
// parallel, because other tests use the manager.
func TestPodFlags(t *testing.T) {
	k := newKubectl(t)
	k.ok(t, "", "create", "serviceaccount", "admin")
	t.Cleanup(func() { restartManager(t) })

	for name := range flaggedPods {
		k.refusedWithout(t, name)
	}
	for _, name := range []string{"account", "privileged"} {
		restartManager(t, flaggedPods[name].flag)
		k.apply(t, flaggedObject(name, "first"))
		k.ready(t, name)
		assert.Equal(t, flaggedPods[name].value, k.get(t, "deployment/"+name+"-ollama", flaggedPods[name].applied))
		if name == "account" {
			k.refusedWithout(t, "privileged")
		} else {
			k.heldBack(t, "account")
		}
	}
	restartManager(t)
	k.heldBack(t, "privileged")
	for name := range flaggedPods {
		k.ok(t, "", "delete", "ollamadeployment", name)
		k.refusedWithout(t, name)
	}
}

// refusedWithout asserts that admission refuses an object, and names the flag that would allow it.
func (k kubectl) refusedWithout(t *testing.T, name string) {
	t.Helper()
	r := k.run(t, flaggedObject(name, "first"), "apply", "-f", "-")
	assert.Equal(t, 1, r.Code, name)
	assert.Contains(t, r.Stderr, "spec.ollama.pod."+flaggedPods[name].field)
	assert.Contains(t, r.Stderr, flaggedPods[name].flag)
}

// heldBack asserts that an object that is stored is reported, and that a change of it is stored but not
// applied.
func (k kubectl) heldBack(t *testing.T, name string) {
	t.Helper()
	why := "spec.ollama.pod." + flaggedPods[name].field + " is not allowed without the operator's flag " + flaggedPods[name].flag
	k.condition(t, name, "Ready", "False", "NotAllowed", why)
	k.apply(t, flaggedObject(name, "second"))
	k.atRest(t)
	k.condition(t, name, "Ready", "False", "NotAllowed", why)
	assert.Equal(t, "first:latest", k.get(t, "deployment/"+name+"-ollama", ".spec.template.spec.containers[0].image"))
}

// restartManager restarts the manager with more flags.
func restartManager(t *testing.T, flags ...string) {
	t.Helper()
	require.NoError(t, shared.StopManager())
	require.NoError(t, shared.StartManager(flags...))
}
