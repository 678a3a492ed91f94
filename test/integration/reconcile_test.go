// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
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

// Disabling a component deletes its children only.
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
	assert.Equal(t, secret, k.get(t, "secret/stack-openwebui", ".data"), "sessions remain valid")
}

// Changing the port of Ollama's Service restarts no pod, because the other components use port 11434.
func TestServicePort(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	const templates = `{range .items[*]}{.metadata.name}{" "}{.spec.template}{"\n"}{end}`
	before := k.ok(t, "", "get", "deployments.apps", "-o", "jsonpath="+templates)
	require.Contains(t, before, "http://stack-ollama:11434")
	const ports = ".spec.ports[*].port"
	assert.Equal(t, "11434", k.get(t, "service/stack-ollama", ports))
	for i, step := range []struct{ port, want string }{
		{"80", "80 11434"}, {"90", "90 11434"}, {"11434", "11434"}, {"90", "90 11434"},
	} {
		k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p",
			`{"spec":{"ollama":{"service":{"port":`+step.port+`}},"tabby":{"ollamaServicePort":null}}}`)
		k.eventually(t, "service/stack-ollama", ports, step.want)
		k.eventually(t, "ollamadeployment/stack", ".status.observedGeneration", fmt.Sprint(i+2))
	}
	writes := k.atRest(t)
	assert.Equal(t, before, k.ok(t, "", "get", "deployments.apps", "-o", "jsonpath="+templates))
	assert.Equal(t, strings.Repeat("http ", 2), k.get(t, "service/stack-ollama", ".spec.ports[*].targetPort")+" ")
	k.ok(t, "", "annotate", "service/stack-ollama", "a=b")
	assert.Equal(t, writes, k.atRest(t))

	// Both ports get node ports.
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"service":{"type":"NodePort"}}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Len(c, strings.Fields(k.get(t, "service/stack-ollama", ".spec.ports[*].nodePort")), 2)
	}, patience, tick)
	k.ready(t, "stack")
}

// With storage, Open WebUI and Tabby are recreated rather than rolled, and Ollama servers do not prune
// each other's downloads.
func TestSharedStorage(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: shared}
spec:
  ollama: {models: ["codellama:7b"], replicas: 2}
  openwebui: {enabled: true, replicas: 2}
  tabby: {enabled: true, replicas: 2}
`
	k.apply(t, object)
	k.ready(t, "shared")
	for _, name := range []string{"shared-ollama", "shared-openwebui", "shared-tabby"} {
		assert.Equal(t, "RollingUpdate", k.get(t, "deployment/"+name, ".spec.strategy.type"), name)
	}
	k.apply(t, strings.ReplaceAll(object, "replicas: 2", "replicas: 2, resources: {requests: {storage: 1Gi}}"))
	k.eventually(t, "deployment/shared-tabby", ".spec.strategy.type", "Recreate")
	k.eventually(t, "deployment/shared-openwebui", ".spec.strategy.type", "Recreate")
	k.eventually(t, "deployment/shared-ollama", `.spec.template.spec.containers[0].env[?(@.name=="OLLAMA_NOPRUNE")].value`, "1")
	assert.Equal(t, "RollingUpdate", k.get(t, "deployment/shared-ollama", ".spec.strategy.type"))
	assert.Empty(t, k.get(t, "deployment/shared-tabby", ".spec.strategy.rollingUpdate"))
	k.ready(t, "shared")

	// Scaling down to one replica restarts no pod.
	template := k.get(t, "deployment/shared-ollama", ".spec.template")
	k.ok(t, "", "patch", "ollamadeployment", "shared", "--type=merge", "-p", `{"spec":{"ollama":{"replicas":1}}}`)
	k.eventually(t, "deployment/shared-ollama", ".spec.replicas", "1")
	k.atRest(t)
	assert.Equal(t, template, k.get(t, "deployment/shared-ollama", ".spec.template"))
}

// Pods of Open WebUI and Tabby keep the template of an earlier version until their spec changes.
func TestEarlierTemplatesAreKept(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	d := &v1alpha1.OllamaDeployment{}
	require.NoError(t, json.Unmarshal([]byte(k.ok(t, "", "get", "ollamadeployment", "stack", "-o", "json")), d))
	const policies = ".spec.template.spec.containers[*].terminationMessagePolicy"
	var earlier map[string]string
	// The one before the previous one changed only Ollama's, and earlier ones of Ollama are not kept.
	for _, v := range []struct{ version, kept int }{{0, 3}, {2, 2}, {3, 2}} {
		earlier = applyEarlier(t, k, d, v.version)
		assert.Len(t, earlier, v.kept)
		k.atRest(t)
		for name, template := range earlier {
			assert.Equal(t, template, k.get(t, "deployment/"+name, ".spec.template"), name)
		}
	}
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"imageTag":"newer"}}}`)
	k.eventually(t, "deployment/stack-openwebui", policies, "FallbackToLogsOnError")
	assert.Equal(t, earlier["stack-tabby"], k.get(t, "deployment/stack-tabby", ".spec.template"))
}

// applyEarlier applies the pod templates of an earlier version, 0 for the previous one, and returns the
// stored templates by the names of their Deployments, without those that are not kept.
func applyEarlier(t *testing.T, k kubectl, d *v1alpha1.OllamaDeployment, version int) map[string]string {
	t.Helper()
	objects, err := render.Objects(d, render.Options{})
	require.NoError(t, err)
	earlier := map[string]string{}
	for _, object := range objects {
		config, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration)
		if !ok || len(object.Alternatives) <= version {
			continue
		}
		before := k.get(t, "deployment/"+object.Name, ".spec.template")
		config.Spec.Template = object.Alternatives[version]
		text, err := json.Marshal(config)
		require.NoError(t, err)
		k.ok(t, string(text), "apply", "--server-side", "--force-conflicts", "--field-manager=llm-operator", "-f", "-")
		earlier[object.Name] = k.get(t, "deployment/"+object.Name, ".spec.template")
		assert.NotEqual(t, before, earlier[object.Name])
	}
	return earlier
}

// An object of another owner is not changed, and the status names it.
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

// Claims are retained when the object is deleted, and used by a new object of the name.
func TestStorage(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stored}
spec:
  ollama: {models: ["llama2:7b"], resources: {requests: {storage: SIZE}}}
`
	k.apply(t, strings.Replace(object, "SIZE", "10Gi", 1))
	k.ready(t, "stored")
	assert.Equal(t, "Bound", k.get(t, "persistentvolumeclaim/stored-ollama", ".status.phase"))
	uid := k.get(t, "persistentvolumeclaim/stored-ollama", ".metadata.uid")

	k.apply(t, strings.Replace(object, "SIZE", "20Gi", 1))
	k.eventually(t, "persistentvolumeclaim/stored-ollama", ".spec.resources.requests.storage", "20Gi")
	r := k.run(t, strings.Replace(object, "SIZE", "5Gi", 1), "apply", "-f", "-")
	assert.Contains(t, r.Stderr, "spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 10Gi, because a PersistentVolumeClaim can only grow")

	k.ok(t, "", "delete", "ollamadeployment", "stored", "--cascade=foreground")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		remaining := k.ok(t, "", "get", children, "-l", "ollama-deployment=stored", "-o", "name")
		assert.Equal(c, "persistentvolumeclaim/stored-ollama\n", remaining)
	}, patience, tick)

	k.apply(t, strings.Replace(object, "SIZE", "10Gi", 1))
	k.ready(t, "stored")
	assert.Equal(t, uid, k.get(t, "persistentvolumeclaim/stored-ollama", ".metadata.uid"))
	assert.Equal(t, "20Gi", k.get(t, "persistentvolumeclaim/stored-ollama", ".spec.resources.requests.storage"), "a claim does not shrink")
}
