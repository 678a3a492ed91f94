// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// The API server, with its defaults and admission, accepts the children of valid objects. test/validation
// has many more objects, but only the API server's validation.
func TestAcceptedObjectsRenderToValidChildren(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	api, err := client.New(shared.Config, client.Options{})
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
	for name, d := range accepted {
		d.Namespace, d.UID = k.namespace, "00000000-0000-0000-0000-000000000000"
		d.Default()
		enable(d)
		_, errs := validation.ValidateCreate(d, nil, validation.Options{AllowHostPath: true})
		if len(errs) > 0 {
			continue // some specs are valid for disabled components only
		}
		children, err := render.Objects(d)
		require.NoError(t, err)
		for _, child := range children {
			require.NoError(t, api.Apply(t.Context(), child.Config, client.DryRunAll, client.FieldOwner(v1alpha1.ManagedBy)),
				"%s of %q", child.Kind.Kind, name)
		}
	}
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
