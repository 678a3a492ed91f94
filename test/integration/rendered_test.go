// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// The API server, with its defaults and admission, accepts the children of valid objects. test/validation
// has many more objects, but only the API server's validation. TestRoutes validates HTTPRoutes.
func TestAcceptedObjectsRenderToValidChildren(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	assert.Greater(t, k.validateChildren(t, func(child render.Object) bool { return child.Kind != render.KindHTTPRoute }), 100)
}

// validateChildren has the API server validate the children of valid objects that are of the kinds, and returns
// how many there are.
func (k kubectl) validateChildren(t *testing.T, isKind func(render.Object) bool) (validated int) {
	t.Helper()
	known := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(known))
	require.NoError(t, gatewayv1.Install(known))
	api, err := client.New(shared.Config, client.Options{Scheme: known})
	require.NoError(t, err)
	accepted := map[string]*v1alpha1.OllamaDeployment{}
	for _, name := range fixtures.Samples() {
		accepted[name] = fixtures.Sample(t, name)
	}
	for _, tc := range fixtures.Rules(t) {
		if len(tc.Errors) == 0 {
			accepted[tc.Name] = fixtures.Parse(t, tc.Object("stack"))
		}
	}
	options := k.admissionOptions(t)
	for name, d := range accepted {
		d.Namespace, d.UID = k.namespace, "00000000-0000-0000-0000-000000000000"
		d.Default()
		enable(d)
		_, errs := validation.ValidateCreate(d, nil, options)
		if len(errs) > 0 {
			continue // some specs are valid for disabled components only
		}
		children, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
		require.NoError(t, err)
		for _, child := range children {
			if !isKind(child) {
				continue
			}
			validated++
			err := api.Apply(t.Context(), child.Config, client.DryRunAll, client.FieldOwner(v1alpha1.ManagedBy))
			if k.isUnknownField(t, err) {
				continue
			}
			require.NoError(t, err, "%s of %q", child.Kind.Kind, name)
		}
	}
	return validated
}

// enable enables the components of the object, so that they have children.
func enable(d *v1alpha1.OllamaDeployment) {
	if ui := d.Spec.OpenWebUI; ui != nil {
		ui.Enabled = new(true)
	}
	if tabby := d.Spec.Tabby; tabby != nil {
		tabby.Enabled = new(true)
	}
}
