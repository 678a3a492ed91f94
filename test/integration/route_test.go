// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

const routed = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: reached}
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui:
    enabled: true
    route: {parentRefs: [{name: shared, sectionName: https}], hostnames: [chat.example.com]}
  tabby:
    enabled: true
    route: {parentRefs: [{name: shared}]}
`

// gateway has a listener for each scheme.
const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: shared}
spec:
  gatewayClassName: test
  listeners:
    - {name: http, port: 8080, protocol: HTTP}
    - {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
`

// answer has a controller say this of the route of a component, of the route's latest generation.
func (k kubectl) answer(t *testing.T, component, section, status, reason, message string) {
	t.Helper()
	route := "httproute/reached-" + component
	ref := map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "shared"}
	if section != "" {
		ref["sectionName"] = section
	}
	var generation int64
	_, err := fmt.Sscan(k.get(t, route, ".metadata.generation"), &generation)
	require.NoError(t, err)
	condition := func(kind, status, reason, message string) map[string]any {
		return map[string]any{
			"type": kind, "status": status, "reason": reason, "message": message,
			"observedGeneration": generation, "lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
		}
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"parents": []any{map[string]any{
		"parentRef": ref, "controllerName": "example.com/test",
		"conditions": []any{condition("Accepted", status, reason, message), condition("ResolvedRefs", "True", "ResolvedRefs", "")},
	}}}})
	require.NoError(t, err)
	k.ok(t, "", "patch", route, "--subresource=status", "--type=merge", "-p", string(patch))
}

// Routes are taken up when the Gateway API comes, and let go when it goes, while the operator runs and does
// everything else. What a Gateway says of them, and where they are reached, is in the status. The test is not
// parallel, because the CRDs are those of all namespaces.
func TestRoutes(t *testing.T) {
	k, crds := newKubectl(t), fixtures.GatewayCRDs(t)
	t.Cleanup(func() { k.run(t, crds, "delete", "--ignore-not-found", "-f", "-") })
	pid, err := shared.ManagerPID()
	require.NoError(t, err)

	k.apply(t, routed)
	k.ready(t, "reached")
	k.condition(t, "reached", "RoutesAccepted", "False", "GatewayAPIMissing", "the cluster does not have HTTPRoutes of gateway.networking.k8s.io/v1; install the Gateway API")

	k.ok(t, crds, "create", "-f", "-")
	k.routesSoon(t)
	k.condition(t, "reached", "RoutesAccepted", "Unknown", "WaitingForGateway", "openwebui: Gateway "+k.namespace+"/shared/https: no controller has answered for it yet")

	k.apply(t, gateway)
	k.answer(t, "openwebui", "https", "True", "Accepted", "")
	k.answer(t, "tabby", "", "True", "Accepted", "")
	k.condition(t, "reached", "RoutesAccepted", "True", "RoutesAccepted", "all parents have accepted the routes")
	k.eventually(t, "ollamadeployment/reached", ".status.url", "https://chat.example.com")
	assert.Contains(t, k.ok(t, "", "get", "ollamadeployment", "reached", "-o", "wide"), "https://chat.example.com")
	assert.Equal(t, "https://chat.example.com", k.get(t, "ollamadeployment/reached", ".status.openwebuiStatus.url"))
	assert.Empty(t, k.get(t, "ollamadeployment/reached", ".status.tabbyStatus.url"), "neither the route nor the listeners have a hostname, and the Gateway no address")

	k.answer(t, "openwebui", "https", "False", "NoMatchingListenerHostname", "no listener has it")
	k.condition(t, "reached", "RoutesAccepted", "False", "NoMatchingListenerHostname", "openwebui: Gateway "+k.namespace+"/shared/https: NoMatchingListenerHostname: no listener has it")
	k.eventually(t, "ollamadeployment/reached", ".status.url", "")
	require.EventuallyWithT(t, func(c *assert.CollectT) { // events are sent beside the status
		assert.Contains(c, k.ok(t, "", "events", "--for=ollamadeployment/reached"), "NoMatchingListenerHostname")
	}, patience, tick)
	k.answer(t, "openwebui", "https", "True", "Accepted", "")
	k.eventually(t, "ollamadeployment/reached", ".status.url", "https://chat.example.com")

	k.routesAreCorrected(t)
	k.renderedRoutesAreValid(t)
	k.gatewayAPIGoesAndComes(t, crds)
	after, err := shared.ManagerPID()
	require.NoError(t, err)
	assert.Equal(t, pid, after, "the operator was not restarted")
	k.nothingIsWrittenAfterARestart(t)
}

// routesSoon asserts that the routes exist within seconds.
func (k kubectl) routesSoon(t *testing.T) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, "", "get", "httproutes", "-o", "name")
		assert.Equal(c, "httproute.gateway.networking.k8s.io/reached-openwebui\nhttproute.gateway.networking.k8s.io/reached-tabby\n", r.Stdout, r.Stderr)
	}, patience/3, tick)
}

// routesAreCorrected asserts that changes of others are reverted, that routes are deleted that are no longer in
// the spec, and that nothing is written without a change.
func (k kubectl) routesAreCorrected(t *testing.T) {
	t.Helper()
	k.ok(t, "", "patch", "httproute/reached-openwebui", "--type=merge", "-p", `{"spec":{"hostnames":["evil.example.com"]}}`)
	k.eventually(t, "httproute/reached-openwebui", ".spec.hostnames", `["chat.example.com"]`)
	k.ok(t, "", "delete", "httproute/reached-tabby")
	k.routesSoon(t)
	writes := k.atRest(t)
	k.ok(t, "", "annotate", "httproute/reached-openwebui", "note=b")
	assert.Equal(t, writes, k.atRest(t), "annotations of others cause no writes")

	k.ok(t, "", "patch", "ollamadeployment/reached", "--type=merge", "-p", `{"spec":{"tabby":{"route":null}}}`)
	k.ok(t, "", "wait", "--for=delete", "httproute/reached-tabby", "--timeout="+patience.String())
}

// renderedRoutesAreValid asserts that the API server accepts the routes of valid objects, with the schema and the
// rules of the Gateway API.
func (k kubectl) renderedRoutesAreValid(t *testing.T) {
	t.Helper()
	assert.Greater(t, k.validateChildren(t, func(child render.Object) bool { return child.Kind == render.KindHTTPRoute }), 2)
}

// gatewayAPIGoesAndComes asserts that the operator goes on without the Gateway API, and takes it up again.
func (k kubectl) gatewayAPIGoesAndComes(t *testing.T, crds string) {
	t.Helper()
	before, err := os.ReadFile(shared.Log("manager"))
	require.NoError(t, err)
	k.ok(t, crds, "delete", "-f", "-")
	k.condition(t, "reached", "RoutesAccepted", "False", "GatewayAPIMissing", "install the Gateway API")
	k.eventually(t, "ollamadeployment/reached", ".status.url", "")
	k.ok(t, "", "patch", "ollamadeployment/reached", "--type=merge", "-p", `{"spec":{"openwebui":{"service":{"port":80}}}}`)
	k.eventually(t, "service/reached-openwebui", ".spec.ports[0].port", "80")
	k.condition(t, "reached", "Ready", "True", "AllReplicasReady", "")
	k.atRest(t)
	log, err := os.ReadFile(shared.Log("manager"))
	require.NoError(t, err)
	// Other tests restart the API server, which may refuse watches until it knows the roles.
	assert.NotContains(t, string(log[len(before):]), "Failed to watch", "nobody watches what is gone")

	k.ok(t, crds, "create", "-f", "-")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, "", "get", "httproute/reached-openwebui", "-o", "jsonpath={.spec.rules[0].backendRefs[0].port}")
		assert.Equal(c, "80", r.Stdout, r.Stderr)
	}, patience/3, tick)
	k.condition(t, "reached", "RoutesAccepted", "Unknown", "WaitingForGateway", "")
}

// nothingIsWrittenAfterARestart asserts that what is stored is what is rendered, and that the status does not
// change while the operator learns that there are HTTPRoutes.
func (k kubectl) nothingIsWrittenAfterARestart(t *testing.T) {
	t.Helper()
	writes := k.atRest(t)
	restartManager(t)
	assert.Equal(t, writes, k.atRest(t))
}
