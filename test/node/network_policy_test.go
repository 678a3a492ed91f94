// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"maps"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/node"
	registry "github.com/geeper-io/llm-operator/test/node/models"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// withoutPolicies is what connections finds without policies.
var withoutPolicies = []string{
	"beside to elsewhere", "beside to ollama", "beside to openwebui", "beside to tabby",
	"far to elsewhere", "far to ollama", "far to openwebui", "far to tabby",
	"friend to elsewhere", "friend to ollama", "friend to openwebui", "friend to tabby",
	"near to elsewhere", "near to ollama", "near to openwebui", "near to tabby",
	"ollama to elsewhere", "ollama to openwebui", "ollama to tabby",
	"openwebui to elsewhere", "openwebui to ollama", "openwebui to tabby",
	"tabby to elsewhere", "tabby to ollama", "tabby to openwebui",
}

// policies are policies that allow a caller of another namespace.
const policies = `
  networkPolicy:
    enabled: true
    allowFrom:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: testnetworkpolicy-other}}
        podSelector: {matchLabels: {caller: friend}}
`

// withPolicies is what connections finds with these policies.
var withPolicies = []string{
	"beside to elsewhere",
	"far to elsewhere",
	"friend to elsewhere", "friend to ollama", "friend to openwebui", "friend to tabby",
	"near to elsewhere",
	"openwebui to elsewhere", "openwebui to ollama",
	"tabby to elsewhere", "tabby to ollama",
}

// Who is not named reaches nothing, the stack and the operator reach Ollama, and Ollama reaches its
// registries, with kube-router as what enforces the policies.
func TestNetworkPolicy(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	other := namedSpace(t, s.namespace+"-other")
	first, second := "guarded:1b", registry.Host+":"+registry.Port+"/library/guarded:2b"
	for _, model := range []string{first, "guarded:2b"} {
		require.NoError(t, shared.Models.Add(model, 1_000_000))
	}
	operator := &space{node.OperatorNamespace, s.client}
	strangers := map[string]caller{
		"near": s.startCaller(t, "near"), "beside": operator.startCaller(t, "beside"),
		"far": other.startCaller(t, "far"), "friend": other.startCaller(t, "friend"),
	}
	elsewhere := listen(t)
	s.apply(t, guarded(first, ""))
	s.ready(t, "guarded")
	open := func(t require.TestingT) []string { return s.connections(t, strangers, elsewhere) }
	eventuallyMatch(t, withoutPolicies, open)
	before := s.restarts(t)

	s.apply(t, guarded(first, policies))
	eventuallyMatch(t, withPolicies, open)
	s.ready(t, "guarded")
	assert.Equal(t, before, s.restarts(t), "the pods of before, which the kubelet's probes still reach")

	// A new pod pulls from both registries, and the operator has no connection to it yet.
	s.kubectl(t, "delete", "pod", s.pod(t, "ollama").Name)
	s.apply(t, guarded(first+`", "`+second, policies))
	s.ready(t, "guarded")
	s.eventually(t, "guarded", v1alpha1.ConditionModelsPulled, "True", "")
	assert.Equal(t, v1alpha1.ModelPulled, s.modelStatus(t, "guarded", v1alpha1.OllamaModel(second)).Phase)
	eventuallyMatch(t, withPolicies, open)

	s.apply(t, guarded(first+`", "`+second, policies+`
    allowTo: [{to: [{ipBlock: {cidr: `+elsewhere.host+`/32}}], ports: [{port: `+elsewhere.port+`}]}]
`))
	eventuallyMatch(t, append(slices.Clone(withPolicies), "ollama to elsewhere"), open)

	s.apply(t, guarded(first+`", "`+second, ""))
	eventuallyMatch(t, withoutPolicies, open)
}

// guarded returns an object of all components with models and more fields of the spec.
func guarded(models, more string) string {
	const component = "    enabled: true\n    resources: {requests: {cpu: 20m, memory: 32Mi}}\n"
	return object("guarded", models, "  openwebui:\n"+component+"  tabby:\n"+component+more)
}

// eventuallyMatch waits until a list has the wanted elements: a policy takes effect a moment after it is stored.
func eventuallyMatch(t *testing.T, want []string, get func(require.TestingT) []string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) { assert.ElementsMatch(c, want, get(c)) }, patience, tick)
}

// componentPorts are the ports of the components' Services.
var componentPorts = map[string]string{"ollama": "11434", "openwebui": "8080", "tabby": "8080"}

// connections returns which of the callers and of the components of guarded reach which of its components
// and a destination elsewhere: "tabby to ollama".
func (s *space) connections(t require.TestingT, callers map[string]caller, elsewhere destination) []string {
	callers = maps.Clone(callers)
	destinations := map[string]destination{"elsewhere": elsewhere}
	for component, port := range componentPorts {
		callers[component] = caller{s.namespace, s.pod(t, component).Name, component}
		destinations[component] = destination{"guarded-" + component + "." + s.namespace + ".svc.cluster.local", port}
	}
	var open []string
	for from, c := range callers {
		for _, to := range c.reaches(t, destinations) {
			if from != to {
				open = append(open, from+" to "+to)
			}
		}
	}
	return open
}

// A caller is a container from which connections are opened.
type caller struct{ namespace, pod, container string }

type destination struct{ host, port string }

// startCaller starts a pod of no object in the namespace, which has its name as a label, until the test ends.
func (s *space) startCaller(t *testing.T, name string) caller {
	t.Helper()
	s.apply(t, `
apiVersion: v1
kind: Pod
metadata: {name: `+name+`, labels: {caller: `+name+`}}
spec:
  terminationGracePeriodSeconds: 0
  securityContext: {runAsNonRoot: true, runAsUser: 65534, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: caller
      image: ollama/ollama:latest
      command: [sleep, infinity]
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`)
	t.Cleanup(func() { s.kubectl(t, "delete", "pod", name) })
	s.kubectl(t, "wait", "--for=condition=Ready", "--timeout="+patience.String(), "pod/"+name)
	return caller{s.namespace, name, "caller"}
}

// reaches returns which of the destinations accept a TCP connection of the caller.
func (c caller) reaches(t require.TestingT, destinations map[string]destination) []string {
	const script = `while [ $# -gt 0 ]; do timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "$2" "$3" 2>/dev/null && echo "$1"; shift 3; done; echo done`
	args := []string{"-n", c.namespace, "exec", c.pod, "-c", c.container, "--", "bash", "-c", script, "bash"}
	for name, to := range destinations {
		args = append(args, name, to.host, to.port)
	}
	result, err := shared.RunKubectl("", args...)
	require.NoError(t, err)
	require.Zero(t, result.Code, result.Stderr)
	lines := strings.Fields(result.Stdout)
	require.NotEmpty(t, lines, result.Stderr)
	require.Equal(t, "done", lines[len(lines)-1])
	return lines[:len(lines)-1]
}

// listen accepts connections at a port of the node that no policy names, until the test ends.
func listen(t *testing.T) destination {
	t.Helper()
	listener, err := net.Listen("tcp", sandbox.NodeAddress+":0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, listener.Close()) })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // closed
			}
			_ = connection.Close()
		}
	}()
	host, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return destination{host, port}
}

// restarts returns how often the containers of the namespace's components have restarted, by pod.
func (s *space) restarts(t require.TestingT) map[string]int32 {
	found := map[string]int32{}
	for component := range componentPorts {
		for _, pod := range s.pods(t, component) {
			for _, status := range pod.Status.ContainerStatuses {
				found[string(pod.UID)] += status.RestartCount
			}
		}
	}
	return found
}
