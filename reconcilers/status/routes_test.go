// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// routed has a route of each component, of which Open WebUI's has two parents.
func routed(t *testing.T) *v1alpha1.OllamaDeployment {
	t.Helper()
	return fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, namespace: here, generation: 3}
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui:
    enabled: true
    route: {hostnames: [chat.example.com], parentRefs: [{name: shared, namespace: infra, sectionName: https}, {name: own}]}
  tabby: {enabled: true, route: {hostnames: [tabby.example.com], parentRefs: [{name: own}]}}
`))
}

// answered is a route of generation 2 of which parents say this.
func answered(answers ...gatewayv1.RouteParentStatus) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{}
	route.Generation = 2
	route.Status.Parents = answers
	return route
}

// says is what a parent says of a generation: the type of a condition, its status, its reason and its message.
func says(ref gatewayv1.ParentReference, generation int64, conditions ...[4]string) gatewayv1.RouteParentStatus {
	answer := gatewayv1.RouteParentStatus{ParentRef: ref, ControllerName: "example.com/gateway"}
	for _, c := range conditions {
		answer.Conditions = append(answer.Conditions, metav1.Condition{
			Type: c[0], Status: metav1.ConditionStatus(c[1]), Reason: c[2], Message: c[3], ObservedGeneration: generation, LastTransitionTime: then,
		})
	}
	return answer
}

var (
	sharedRef = gatewayv1.ParentReference{
		Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(gatewayv1.Kind("Gateway")),
		Namespace: new(gatewayv1.Namespace("infra")), Name: "shared", SectionName: new(gatewayv1.SectionName("https")),
	}
	ownRef   = gatewayv1.ParentReference{Name: "own"}
	accepted = [4]string{"Accepted", "True", "Accepted", ""}
	resolved = [4]string{"ResolvedRefs", "True", "ResolvedRefs", ""}
	noHost   = [4]string{"Accepted", "False", "NoMatchingListenerHostname", "no listener\nhas\x1b[31m the hostname"}
)

// The condition says what the parents of the routes say, each in a file testdata/routes/<case>.yaml.
func TestRoutesCondition(t *testing.T) {
	t.Parallel()
	well := answered(says(ownRef, 2, accepted, resolved))
	cases := map[string]struct {
		openWebUI, tabby *gatewayv1.HTTPRoute
		missing          bool
	}{
		"not-applied":          {},
		"no-gateway-api":       {missing: true},
		"accepted":             {openWebUI: answered(says(sharedRef, 2, accepted, resolved), says(ownRef, 2, accepted)), tabby: well},
		"one-has-not-answered": {openWebUI: answered(says(ownRef, 2, accepted, resolved)), tabby: well},
		"other-listener":       {openWebUI: answered(says(gatewayv1.ParentReference{Name: "shared", Namespace: sharedRef.Namespace}, 2, accepted), says(ownRef, 2, accepted)), tabby: well},
		"of-an-older-route":    {openWebUI: answered(says(sharedRef, 1, noHost), says(ownRef, 1, accepted)), tabby: well},
		"rejected":             {openWebUI: answered(says(sharedRef, 2, noHost, resolved), says(ownRef, 2, accepted)), tabby: answered()},
		"not-resolved":         {openWebUI: answered(says(sharedRef, 2, accepted), says(ownRef, 2, accepted)), tabby: answered(says(ownRef, 2, accepted, [4]string{"ResolvedRefs", "False", "BackendNotFound", "no Service"}))},
		"invalid-reason":       {openWebUI: answered(says(sharedRef, 2, accepted), says(ownRef, 2, accepted)), tabby: answered(says(ownRef, 2, [4]string{"Accepted", "False", "no reason", strings.Repeat("long ", 1000)}))},
		"rejected-by-a-second": {openWebUI: answered(says(sharedRef, 2, accepted), says(sharedRef, 2, noHost), says(ownRef, 2, accepted)), tabby: well},
	}
	var files []string
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			condition := routesCondition(routed(t), Observed{NoGatewayAPI: tc.missing, Entrances: map[v1alpha1.ComponentName]Entrance{
				v1alpha1.ComponentOpenWebUI: {Route: tc.openWebUI}, tabby: {Route: tc.tabby},
			}})
			require.NotNil(t, condition)
			text, err := yaml.Marshal(condition)
			require.NoError(t, err)
			golden.Equal(t, filepath.Join("testdata", "routes", name+".yaml"), string(text))
		})
		files = append(files, name+".yaml")
	}
	t.Cleanup(func() { golden.OnlyFiles(t, filepath.Join("testdata", "routes"), files) })
}

// The condition goes with the last route, and keeps its time while its status stays.
func TestRoutesConditionInStatus(t *testing.T) {
	t.Parallel()
	d := routed(t)
	d.Status = Compute(d, Observed{}, nil, then)
	is := meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionRoutesAccepted)
	require.NotNil(t, is)
	assert.Equal(t, int64(3), is.ObservedGeneration)
	d.Status = Compute(d, Observed{}, nil, now)
	assert.Equal(t, then, meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionRoutesAccepted).LastTransitionTime)
	d.Spec.OpenWebUI.Enabled = new(false)
	d.Spec.Tabby.Route = nil
	d.Status = Compute(d, Observed{}, nil, now)
	assert.Nil(t, meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionRoutesAccepted))
}

// A change of what the parents say is an event, waiting for them is none.
func TestRouteEvents(t *testing.T) {
	t.Parallel()
	of := func(status metav1.ConditionStatus, reason string) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionRoutesAccepted, Status: status, Reason: reason}}
	}
	waits, well, refused := of("Unknown", "WaitingForGateway"), of("True", "RoutesAccepted"), of("False", "NoMatchingParent")
	for name, tc := range map[string]struct {
		before, after []metav1.Condition
		want          []string
	}{
		"new":             {nil, waits, nil},
		"accepted":        {waits, well, []string{"Normal RoutesAccepted"}},
		"the same":        {well, well, nil},
		"refused":         {well, refused, []string{"Warning NoMatchingParent"}},
		"no longer there": {refused, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, found := range conditionEvents(tc.before, tc.after) {
				got = append(got, found.Type+" "+found.Reason)
			}
			assert.Equal(t, tc.want, got)
		})
	}
}
