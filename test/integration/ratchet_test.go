package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// unchecked lets namespaces with the label "unchecked" pass both webhooks by.
const unchecked = `[{"op":"add","path":"/webhooks/0/namespaceSelector","value":{"matchExpressions":[{"key":"unchecked","operator":"DoesNotExist"}]}}]`

// An object that was stored while the webhooks were off is not half materialised and
// says how to go on. Its old mistakes do not keep anybody from editing the rest.
func TestStoredWithoutAdmission(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "patch", "mutatingwebhookconfiguration", "mutating-webhook-configuration", "--type=json", "-p", unchecked)
	k.ok(t, "", "patch", "validatingwebhookconfiguration", "validating-webhook-configuration", "--type=json", "-p", unchecked)
	k.ok(t, "", "label", "namespace", k.namespace, "unchecked=")
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b", "library/llama2:7b"]}
  openwebui: {enabled: true, ingress: {host: chat.example.com, tls: {hosts: [other.example.com]}}}
`
	// The API server learns of the new selector in its own time; until then it refuses.
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, object, "create", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
	k.ok(t, strings.ReplaceAll(minimal, "NAME", "labelled"), "create", "-f", "-")
	for _, name := range []string{"stack", "labelled"} {
		k.eventually(t, "ollamadeployment/"+name, `.status.conditions[?(@.type=="Ready")].reason`, "NotAdmitted")
	}
	assert.False(t, k.exists(t, "deployment/stack-ollama"))

	k.ok(t, "", "label", "namespace", k.namespace, "unchecked-")
	const patch = `{"spec":{"ollama":{"replicas":2}}}`
	var r cluster.Result
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r = k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", patch)
		assert.Contains(c, r.Stderr, "Warning: spec.ollama.models[1]: Duplicate value")
	}, patience, tick)
	assert.Zero(t, r.Code, r.Stderr)
	assert.Contains(t, r.Stderr, "spec.openwebui.ingress.tls.hosts: Invalid value")
	assert.Contains(t, r.Stderr, "(tolerated, because the stored object has it too)")
	k.ready(t, "stack")
	k.ok(t, "", "label", "ollamadeployment", "labelled", "team=a")
	k.ready(t, "labelled")

	r = k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"ingress":{"host":"third.example.com"}}}}`)
	assert.Equal(t, 1, r.Code, "a mistake that changes is a new one")
	assert.Contains(t, r.Stderr, "spec.openwebui.ingress.tls.hosts: Invalid value")
}
