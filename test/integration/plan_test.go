// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// What the plan of an edit says is what then happens: which children are created, changed and deleted, which pods
// restart, scale or stop, how large claims are, and where components are reached.
func TestPlanAgrees(t *testing.T) {
	t.Parallel()
	for name, chain := range planChains {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkPlans(t, chain)
		})
	}
}

// The plan agrees where there are routes. The test is not parallel, because the CRDs are those of all namespaces.
func TestPlanAgreesOnRoutes(t *testing.T) {
	k, crds := newKubectl(t), fixtures.GatewayCRDs(t)
	t.Cleanup(func() { k.run(t, crds, "delete", "--ignore-not-found", "-f", "-") })
	k.ok(t, crds, "create", "-f", "-")
	k.apply(t, routed)
	k.routesSoon(t)
	for name, chain := range planRouteChains {
		t.Run(name, func(t *testing.T) { checkPlans(t, chain) })
	}
}

// checkPlans makes the edits of the chain, and asserts of each that its plan is what happens.
func checkPlans(t *testing.T, chain planChain) {
	t.Helper()
	p := newPlanned(t, chain.base)
	for _, edit := range chain.edits {
		t.Run(edit.name, func(t *testing.T) { p.check(t, edit) })
	}
}

// childLists are the kinds of the children.
var childLists = []schema.GroupVersionKind{
	render.KindConfigMap, render.KindPersistentVolumeClaim, render.KindService, render.KindDeployment, render.KindIngress,
	render.KindNetworkPolicy, render.KindPodDisruptionBudget, render.KindHTTPRoute, plan.KindSecret,
}

// A plannedObject is the object a in a namespace of its own.
type plannedObject struct {
	kubectl
	api    client.Client
	scheme *runtime.Scheme
}

// newPlanned creates an object with a spec of planned, and waits until it is at rest.
func newPlanned(t *testing.T, base string) plannedObject {
	t.Helper()
	p := plannedObject{newKubectl(t), nil, runtime.NewScheme()}
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme, gatewayv1.Install} {
		require.NoError(t, add(p.scheme))
	}
	var err error
	p.api, err = client.New(shared.Config, client.Options{Scheme: p.scheme})
	require.NoError(t, err)
	if objects := objectsOf[base]; objects != "" {
		p.apply(t, objects)
	}
	authorities, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "corporate"},
		"data": map[string]string{v1alpha1.DefaultTrustKey: string(shared.Config.CAData)},
	})
	require.NoError(t, err)
	p.apply(t, string(authorities))
	p.apply(t, "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: a}\nspec: "+p.text(planned[base]))
	p.settled(t)
	return p
}

func (p plannedObject) text(of string) string {
	return strings.ReplaceAll(of, "NAMESPACE", p.namespace)
}

// check asserts that the plan of the edit is what happens.
func (p plannedObject) check(t *testing.T, edit planEdit) {
	t.Helper()
	p.requireFields(t, edit.patch)
	in := plan.Input{Old: p.object(t), Options: render.Options{OperatorNamespace: v1alpha1.OperatorNamespace}}
	if edit.autoscaled != "" {
		p.ok(t, "", "autoscale", "deployment/"+v1alpha1.ChildName("a", edit.autoscaled), "--min=1", "--max=4", "--cpu=80%")
		in.Autoscaled = []v1alpha1.ComponentName{edit.autoscaled}
		p.settled(t)
	}
	before := p.children(t)
	apply := func(...client.PatchOption) (*v1alpha1.OllamaDeployment, error) {
		return nil, p.api.Delete(t.Context(), p.object(t))
	}
	if !edit.isDeletion {
		patch, err := yaml.YAMLToJSON([]byte("spec: " + p.text(edit.patch)))
		require.NoError(t, err)
		apply = func(opts ...client.PatchOption) (*v1alpha1.OllamaDeployment, error) {
			d := p.object(t)
			return d, p.api.Patch(t.Context(), d, client.RawPatch(types.MergePatchType, patch), opts...)
		}
		in.New, err = apply(client.DryRunAll)
		require.NoError(t, err)
	}
	offline, err := plan.Compute(in)
	require.NoError(t, err)
	in.Live = p.live(t, before)
	got, err := plan.Compute(in)
	require.NoError(t, err)
	assert.Equal(t, fixtures.ToMap(t, got), fixtures.ToMap(t, offline), "the plan without live children")

	_, err = apply()
	require.NoError(t, err)
	p.settled(t)
	after := p.children(t)
	assert.Equal(t, actions(before, after), predictedActions(got, after), "children")
	assert.Equal(t, effects(before, after), predictedEffects(got), "pods")
	assert.Equal(t, sizes(before, after), predictedSizes(got), "claims")
	checkAddresses(t, got, before, after)
	checkDowntime(t, got, before, after)
}

func (p plannedObject) object(t *testing.T) *v1alpha1.OllamaDeployment {
	t.Helper()
	d := &v1alpha1.OllamaDeployment{}
	require.NoError(t, p.api.Get(t.Context(), client.ObjectKey{Namespace: p.namespace, Name: "a"}, d))
	return d
}
