// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The node ports of these tests are among the lower ones of the range, of which Kubernetes chooses none by
// itself as long as others are free.
//
// Source: kubernetes/enhancements, KEP-3668.

// withService returns the manifest of an object whose Open WebUI has the Service.
func withService(name, service string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: ` + name + `}
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui:
    enabled: true
    service: ` + service + "\n"
}

// The Service has what its spec has, and loses with its type what belongs to that.
func TestServiceTypes(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const service = "service/stack-openwebui"
	const values = `.spec.type} {.spec.externalTrafficPolicy} {.spec.loadBalancerClass} {.spec.loadBalancerSourceRanges} {.metadata.labels.team} {.metadata.annotations.example\.com/scheme`
	var uid string
	for i, step := range []struct{ service, want, nodePort string }{
		{"{}", "ClusterIP     ", ""},
		{
			"{type: LoadBalancer, nodePort: 30011, externalTrafficPolicy: Local, loadBalancerClass: example.com/internal, loadBalancerSourceRanges: [10.0.0.0/8], labels: {team: ml}, annotations: {example.com/scheme: internal}}",
			`LoadBalancer Local example.com/internal ["10.0.0.0/8"] ml internal`, "30011",
		},
		{
			"{type: LoadBalancer, nodePort: 30012, loadBalancerClass: example.com/internal, loadBalancerSourceRanges: [192.0.2.0/24, 10.0.0.0/8], labels: {team: data}}",
			`LoadBalancer Cluster example.com/internal ["192.0.2.0/24","10.0.0.0/8"] data `, "30012",
		},
		{"{type: ClusterIP}", "ClusterIP     ", ""},
		{"{type: LoadBalancer, nodePort: 30011, externalTrafficPolicy: Local, loadBalancerClass: example.com/other}", "LoadBalancer Local example.com/other   ", "30011"},
		{"{type: NodePort}", "NodePort Cluster    ", "30011"},
		{"{type: NodePort, port: 80, nodePort: 30012, externalTrafficPolicy: Local}", "NodePort Local    ", "30012"},
		{"{}", "ClusterIP     ", ""},
	} {
		k.apply(t, withService("stack", step.service))
		k.eventually(t, service, values, step.want)
		k.eventually(t, service, ".spec.ports[0].nodePort", step.nodePort)
		k.ready(t, "stack")
		if i == 0 {
			uid = k.get(t, service, ".metadata.uid")
		}
		assert.Equal(t, uid, k.get(t, service, ".metadata.uid"), "the Service is changed, not replaced")
	}
	k.atRest(t)

	k.apply(t, withService("stack", "{type: LoadBalancer, loadBalancerClass: example.com/internal}"))
	k.eventually(t, service, ".spec.loadBalancerClass", "example.com/internal")
	r := k.run(t, withService("stack", "{type: LoadBalancer, loadBalancerClass: example.com/other}"), "apply", "-f", "-")
	assert.Contains(t, r.Stderr, `spec.openwebui.service.loadBalancerClass: Forbidden: must stay "example.com/internal" while the type is LoadBalancer`)
	r = k.run(t, "", "patch", service, "--type=merge", "-p", `{"spec":{"loadBalancerClass":"example.com/other"}}`)
	assert.Contains(t, r.Stderr, "may not change once set", "Kubernetes can change it")
}

// The node port that a user sets stays that of the user's port, whichever ports Ollama's Service has.
func TestNodePortOfOllama(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], service: {type: NodePort, port: PORT, nodePort: 30013}}
`
	for _, step := range []struct{ port, want string }{{"80", "80"}, {"11434", "11434"}, {"90", "90"}} {
		k.apply(t, strings.Replace(object, "PORT", step.port, 1))
		k.eventually(t, "service/stack-ollama", `.spec.ports[?(@.nodePort==30013)].port`, step.want)
		k.eventually(t, "service/stack-ollama", `.spec.ports[?(@.name=="http")].port`, step.want)
		k.ready(t, "stack")
	}
}

// The status says why Kubernetes refuses a node port, the rest of the object is created, and the port is taken
// once it is free.
func TestNodePortsThatAreRefused(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const reason, message = `.status.conditions[?(@.type=="Ready")].reason`, `.status.conditions[?(@.type=="Ready")].message`
	k.ok(t, "", "create", "service", "nodeport", "other", "--tcp=80", "--node-port=30014")

	k.apply(t, withService("outside", "{type: NodePort, nodePort: 20000}"))
	k.eventually(t, "ollamadeployment/outside", reason, "ApplyFailed")
	assert.Contains(t, k.get(t, "ollamadeployment/outside", message), `Service "outside-openwebui" is invalid: spec.ports[0].nodePort: Invalid value: 20000: provided port is not in the valid range`)
	assert.True(t, k.exists(t, "deployment/outside-openwebui"))

	k.apply(t, withService("taken", "{type: NodePort, nodePort: 30014}"))
	k.eventually(t, "ollamadeployment/taken", reason, "ApplyFailed")
	assert.Contains(t, k.get(t, "ollamadeployment/taken", message), `Service "taken-openwebui" is invalid: spec.ports[0].nodePort: Invalid value: 30014: provided port is already allocated`)
	assert.True(t, k.exists(t, "deployment/taken-openwebui"))

	k.apply(t, withService("outside", "{type: NodePort, nodePort: 30015}"))
	k.ready(t, "outside")
	k.ok(t, "", "delete", "service", "other")
	k.eventually(t, "ollamadeployment/taken", reason, "AllReplicasReady")
	require.Equal(t, "30014", k.get(t, "service/taken-openwebui", ".spec.ports[0].nodePort"))
}
