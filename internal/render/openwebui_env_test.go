// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// webUIOf returns the Deployment of Open WebUI with the fields.
func webUIOf(t *testing.T, fields string) (*v1alpha1.OllamaDeployment, *applyappsv1.DeploymentSpecApplyConfiguration) {
	t.Helper()
	d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: s, namespace: ns}
spec: {ollama: {models: ["library/llama2:7b"]}, openwebui: {enabled: true`+fields+`}}
`))
	config, ok := deploymentOf(t, d, "s-openwebui").Config.(*applyappsv1.DeploymentApplyConfiguration)
	require.True(t, ok)
	return d, config.Spec
}

// Each field that is set sets the variables that are reserved for it, and no other ones.
func TestFieldsSetReservedVariables(t *testing.T) {
	t.Parallel()
	_, unset := webUIOf(t, "")
	known := map[string]bool{}
	for _, variable := range unset.Template.Spec.Containers[0].Env {
		known[*variable.Name] = true
	}
	for _, fields := range []string{
		"", ", database: {urlSecretRef: {name: a}}", ", redis: {urlSecretRef: {name: a}}", `, defaultModel: "llama2:7b"`, ", signUp: false",
	} {
		d, set := webUIOf(t, fields)
		var added []string
		for _, variable := range set.Template.Spec.Containers[0].Env {
			if !known[*variable.Name] {
				added = append(added, *variable.Name)
			}
		}
		reserved := d.Spec.OpenWebUI.EnvOfFields()
		// These have to be Open WebUI's defaults.
		maps.DeleteFunc(reserved, func(name, _ string) bool {
			return name == v1alpha1.EnableDBMigrationsEnv || strings.HasPrefix(name, "DATABASE_") && name != v1alpha1.DatabaseURLEnv
		})
		assert.ElementsMatch(t, slices.Collect(maps.Keys(reserved)), added, fields)
	}
}

// An external database allows pods to be replaced one by one, unless something else forbids it.
func TestStrategyWithDatabase(t *testing.T) {
	t.Parallel()
	const database = ", database: {urlSecretRef: {name: a}}"
	for name, tc := range map[string]struct {
		fields string
		want   appsv1.DeploymentStrategyType
		surge  string
	}{
		"no storage":              {database, appsv1.RollingUpdateDeploymentStrategyType, "1"},
		"a claim of many":         {database + ", replicas: 3, resources: {requests: {storage: 1Gi}}", appsv1.RollingUpdateDeploymentStrategyType, "1"},
		"a claim of one":          {database + ", resources: {requests: {storage: 1Gi}}", appsv1.RecreateDeploymentStrategyType, ""},
		"a device":                {database + ", resources: {limits: {nvidia.com/gpu: 1}}", appsv1.RollingUpdateDeploymentStrategyType, "0"},
		"a claimed device":        {database + ", pod: {resourceClaims: [{name: gpu, resourceClaimTemplateName: gpu}]}", appsv1.RollingUpdateDeploymentStrategyType, "0"},
		"SQLite in a claim":       {", replicas: 3, resources: {requests: {storage: 1Gi}}", appsv1.RecreateDeploymentStrategyType, ""},
		"SQLite, but with Redis":  {", redis: {urlSecretRef: {name: a}}, resources: {requests: {storage: 1Gi}}", appsv1.RecreateDeploymentStrategyType, ""},
		"SQLite without a volume": {"", appsv1.RollingUpdateDeploymentStrategyType, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, spec := webUIOf(t, tc.fields)
			assert.Equal(t, tc.want, *spec.Strategy.Type)
			if tc.surge != "" {
				assert.Equal(t, tc.surge, spec.Strategy.RollingUpdate.MaxSurge.String())
			}
		})
	}
}

// Open WebUI knows a model by the name that Ollama lists.
func TestDefaultModelAsListed(t *testing.T) {
	t.Parallel()
	_, spec := webUIOf(t, `, defaultModel: "Llama2:7B"`)
	env := spec.Template.Spec.Containers[0].Env
	last := env[len(env)-1]
	assert.Equal(t, "DEFAULT_MODELS llama2:7b", *last.Name+" "+*last.Value)
}
