package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const stack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["codellama:7b"]}
  openwebui:
    enabled: true
    ingress: {enabled: true, host: chat.example.com}
  tabby: {enabled: true}
`

const children = "deployment,service,ingress,configmap,secret,persistentvolumeclaim"

// Turning a component off deletes what belongs to it and nothing else.
func TestDisable(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	before := strings.Fields(k.ok(t, "", "get", children, "-l", "ollama-deployment=stack", "-o", "name"))
	gone := []string{"deployment.apps/stack-openwebui", "service/stack-openwebui", "ingress.networking.k8s.io/stack-openwebui"}
	require.Subset(t, before, gone)
	secret := k.get(t, "secret/stack-openwebui", ".data")

	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"enabled":false}}}`)
	var want []string
	for _, name := range before {
		if !strings.Contains(strings.Join(gone, " "), name) {
			want = append(want, name)
		}
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.ElementsMatch(c, want, strings.Fields(k.ok(t, "", "get", children, "-l", "ollama-deployment=stack", "-o", "name")))
	}, patience, tick)
	k.eventually(t, "ollamadeployment/stack", ".status.openwebuiStatus", "")
	k.eventually(t, "ollamadeployment/stack", ".status.ready", "2/2")

	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"enabled":true}}}`)
	k.eventually(t, "ollamadeployment/stack", ".status.ready", "3/3")
	assert.Equal(t, secret, k.get(t, "secret/stack-openwebui", ".data"), "who was logged in stays so")
}

// Changing a Service's port restarts nothing.
func TestServicePort(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.ready(t, name)
	generation := k.get(t, "deployment/"+name+"-ollama", ".metadata.generation")
	k.ok(t, "", "patch", "ollamadeployment", name, "--type=merge", "-p", `{"spec":{"ollama":{"service":{"port":80}}}}`)
	k.eventually(t, "service/"+name+"-ollama", ".spec.ports[0].port", "80")
	k.eventually(t, "ollamadeployment/"+name, ".status.observedGeneration", "2")
	assert.Equal(t, generation, k.get(t, "deployment/"+name+"-ollama", ".metadata.generation"))
	assert.Equal(t, "http", k.get(t, "service/"+name+"-ollama", ".spec.ports[0].targetPort"))
}

// An object of the same name that is not ours is left alone and named.
func TestNameConflict(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "create", "service", "clusterip", "minimal-ollama-ollama", "--tcp=1234")
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.eventually(t, "ollamadeployment/"+name, `.status.conditions[?(@.type=="Ready")].reason`, "NameConflict")
	assert.Contains(t, k.get(t, "ollamadeployment/"+name, `.status.conditions[?(@.type=="Ready")].message`), `Service "minimal-ollama-ollama" exists`)
	assert.Equal(t, "1234", k.get(t, "service/minimal-ollama-ollama", ".spec.ports[0].port"))
	assert.Empty(t, k.get(t, "service/minimal-ollama-ollama", ".metadata.ownerReferences"))
}

// The claims stay when the object goes, and are taken up again by its successor.
func TestStorage(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: kept}
spec:
  ollama: {models: ["llama2:7b"], resources: {requests: {storage: SIZE}}}
`
	k.apply(t, strings.Replace(object, "SIZE", "10Gi", 1))
	k.ready(t, "kept")
	assert.Equal(t, "Bound", k.get(t, "persistentvolumeclaim/kept-ollama", ".status.phase"))
	uid := k.get(t, "persistentvolumeclaim/kept-ollama", ".metadata.uid")

	k.apply(t, strings.Replace(object, "SIZE", "20Gi", 1))
	k.eventually(t, "persistentvolumeclaim/kept-ollama", ".spec.resources.requests.storage", "20Gi")
	r := k.run(t, strings.Replace(object, "SIZE", "15Gi", 1), "apply", "-f", "-")
	assert.Contains(t, r.Stderr, "spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 20Gi, because a PersistentVolumeClaim can only grow")

	k.ok(t, "", "delete", "ollamadeployment", "kept", "--cascade=foreground")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		left := k.ok(t, "", "get", children, "-l", "ollama-deployment=kept", "-o", "name")
		assert.Equal(c, "persistentvolumeclaim/kept-ollama\n", left)
	}, patience, tick)

	k.apply(t, strings.Replace(object, "SIZE", "10Gi", 1))
	k.ready(t, "kept")
	assert.Equal(t, uid, k.get(t, "persistentvolumeclaim/kept-ollama", ".metadata.uid"))
	assert.Equal(t, "20Gi", k.get(t, "persistentvolumeclaim/kept-ollama", ".spec.resources.requests.storage"), "a claim does not shrink")
}
