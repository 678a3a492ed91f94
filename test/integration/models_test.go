// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/ollama"
)

// withModels returns the manifest of an object with a list of models, in JSON.
func withModels(name, models string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: ` + name + `}
spec:
  ollama: {models: ` + models + `}
`
}

// ollamaOf returns the control of the simulated Ollama servers.
func ollamaOf(t *testing.T) ollama.Control {
	t.Helper()
	control, err := shared.Ollama()
	require.NoError(t, err)
	return control
}

// phases returns the models of an object with their phases, as "a:1b=Pulled b:1b=Failed".
func (k kubectl) phases(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(k.ok(t, "", "get", "ollamadeployment", name, "-o", `jsonpath={range .status.models[*]}{.name}={.phase} {end}`))
}

func (k kubectl) eventuallyPhases(t *testing.T, name, want string) {
	t.Helper()
	require.Eventually(t, func() bool { return k.phases(t, name) == want }, patience, tick, "%s", want)
}

// A change of the list restarts nothing: what is added is pulled, and what was pulled for the list and is
// removed is deleted.
func TestListOfModels(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, withModels("list", `["a:1b", "b:1b"]`))
	k.ready(t, "list")
	const object = "ollamadeployment/list"
	assert.Equal(t, "2/2", k.get(t, object, ".status.modelsReady"))
	pod, template := k.get(t, "pod", ".items[*].metadata.uid"), k.get(t, "deployment.apps/list-ollama", ".metadata.generation")
	address := k.get(t, "pod", ".items[*].status.podIP")

	k.apply(t, withModels("list", `["c:70b", "a:1b"]`)) // the default of the memory follows
	k.eventuallyPhases(t, "list", "c:70b=Pulled a:1b=Pulled")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		models, err := ollamaOf(t).Models(address)
		assert.NoError(c, err)
		assert.ElementsMatch(c, []string{"a:1b", "c:70b"}, models)
	}, patience, tick)
	k.ready(t, "list")
	assert.Equal(t, "b:1b", k.get(t, object, ".status.removedModels[*].name"))
	assert.Equal(t, pod, k.get(t, "pod", ".items[*].metadata.uid"))
	assert.Equal(t, template, k.get(t, "deployment.apps/list-ollama", ".metadata.generation"))
	assert.NotEqual(t, k.get(t, object, ".spec.ollama.resources.requests.memory"), k.get(t, "deployment.apps/list-ollama", ".spec.template.spec.containers[0].resources.requests.memory"))
	columns := k.ok(t, "", "get", "ollamadep", "list", "-o", "wide")
	assert.Contains(t, columns, "2/2")
	assert.Contains(t, columns, `["c:70b","a:1b"]`)
}

// Each model has its state. A bad one is named, and holds up none of the others; the phase counts
// replicas, and Ready waits for all models.
func TestModelStates(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, withModels("states", `["not-found:1b", "good:1b", "needs-newer:1b", "registry-away:1b", "very-slow:7b"]`))
	const object = "ollamadeployment/states"
	k.eventuallyPhases(t, "states", "not-found:1b=Failed good:1b=Pulled needs-newer:1b=Failed registry-away:1b=Failed very-slow:7b=Pulling")
	k.eventually(t, object, ".status.phase", "Ready")
	k.eventually(t, object, `.status.conditions[?(@.type=="Ready")].reason`, "ModelsNotPulled")
	assert.Contains(t, k.get(t, object, `.status.models[?(@.name=="not-found:1b")].message`), "file does not exist")
	assert.Regexp(t, `^\d+%$`, k.get(t, object, `.status.models[?(@.name=="very-slow:7b")].progress`))
	degraded := k.get(t, object, `.status.conditions[?(@.type=="Degraded")].message`)
	assert.Contains(t, degraded, "model not-found:1b: pull model manifest: file does not exist")
	assert.Contains(t, degraded, "requires a newer version of Ollama")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		events := k.ok(t, "", "get", "events", "--field-selector=involvedObject.name=states", "-o", `jsonpath={range .items[*]}{.reason} {.message}{"\n"}{end}`)
		assert.Equal(c, 1, strings.Count(events, "ModelPulled every Ollama pod has model good:1b"), events)
		assert.Equal(c, 1, strings.Count(events, "ModelPullFailed model not-found:1b"), events)
		assert.Equal(c, 1, strings.Count(events, "ModelNeedsNewerOllama model needs-newer:1b"), events)
	}, patience, tick)

	k.apply(t, withModels("states", `["good:1b"]`))
	k.ready(t, "states")
}

// A model that somebody deletes comes back when the pod is next asked, as after a change of the spec.
func TestModelDeletedBehind(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, withModels("behind", `["a:1b", "b:1b"]`))
	k.ready(t, "behind")
	address := k.get(t, "pod", ".items[*].status.podIP")
	require.NoError(t, ollamaOf(t).DeleteModel(address, "b:1b"))
	k.ok(t, "", "patch", "ollamadep", "behind", "--type=merge", "-p", `{"spec":{"ollama":{"modelRemovalPolicy":"Keep"}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		models, err := ollamaOf(t).Models(address)
		assert.NoError(c, err)
		assert.ElementsMatch(c, []string{"a:1b", "b:1b"}, models)
	}, patience, tick)
}

// The annotation has all models pulled again, once for each value.
func TestRefreshModels(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	require.NoError(t, ollamaOf(t).AddModel("refreshed:1b", 1_000_000))
	k.apply(t, withModels("refresh", `["refreshed:1b"]`))
	k.ready(t, "refresh")
	before := k.get(t, "ollamadeployment/refresh", ".status.models[*].digest")
	require.NoError(t, ollamaOf(t).AddModel("refreshed:1b", 2_000_000))
	k.ok(t, "", "annotate", "ollamadep", "refresh", "llm.geeper.io/refresh-models=once")
	k.eventually(t, "ollamadeployment/refresh", ".status.lastModelRefresh", "once")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NotEqual(c, before, k.get(t, "ollamadeployment/refresh", ".status.models[*].digest"))
	}, patience, tick)
}

// A manager that starts again knows all models again without writing a status.
func TestModelsAfterRestart(t *testing.T) {
	k := newKubectl(t)
	k.apply(t, withModels("again", `["a:1b", "slow:7b"]`))
	k.eventuallyPhases(t, "again", "a:1b=Pulled slow:7b=Pulling")
	require.NoError(t, shared.KillManager())
	require.NoError(t, shared.StartManager())
	k.ready(t, "again")
	writes := k.atRest(t)
	require.NoError(t, shared.StopManager())
	require.NoError(t, shared.StartManager())
	assert.Equal(t, writes, k.atRest(t))
}
