// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A routeSchema is the schema of HTTPRoutes, with its rules.
type routeSchema struct {
	validator  schemavalidation.SchemaValidator
	structural *structuralschema.Structural
	rules      *cel.Validator
}

func newRouteSchema(t *testing.T) routeSchema {
	t.Helper()
	first, _, _ := strings.Cut(fixtures.GatewayCRDs(t), "\n---\n")
	var definition apiextensionsv1.CustomResourceDefinition
	require.NoError(t, yaml.Unmarshal([]byte(first), &definition))
	require.Equal(t, "HTTPRoute", definition.Spec.Names.Kind)
	require.Equal(t, "v1", definition.Spec.Versions[0].Name)
	var props apiextensions.JSONSchemaProps
	require.NoError(t, apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(definition.Spec.Versions[0].Schema.OpenAPIV3Schema, &props, nil))
	validator, _, err := schemavalidation.NewSchemaValidator(&props)
	require.NoError(t, err)
	structural, err := structuralschema.NewStructural(&props)
	require.NoError(t, err)
	return routeSchema{validator, structural, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
}

// validate returns the errors of the API server for a route, and an error if it would store another one than is
// rendered: what it adds to a list that is applied as a whole would be applied again after every restart.
func (s routeSchema) validate(t *testing.T, route render.Object) error {
	t.Helper()
	rendered, err := json.Marshal(route.Config)
	require.NoError(t, err)
	object := map[string]any{}
	require.NoError(t, utiljson.Unmarshal(rendered, &object))
	pruning.Prune(object, s.structural, true)
	defaulting.Default(object, s.structural)
	stored, err := json.Marshal(object)
	require.NoError(t, err)
	if !assert.JSONEq(t, string(rendered), string(stored)) {
		return fmt.Errorf("%s is stored as %s", rendered, stored)
	}
	errs := schemavalidation.ValidateCustomResource(nil, object, s.validator)
	ruled, _ := s.rules.Validate(t.Context(), nil, s.structural, object, nil, celconfig.RuntimeCELCostBudget)
	return append(errs, ruled...).ToAggregate()
}

// route returns a route that is mostly valid, at the bounds of what is valid.
func (g generator) route() *v1alpha1.RouteSpec {
	route := &v1alpha1.RouteSpec{Annotations: pick(g, nil, map[string]string{"a.b/c": ""})}
	for range 1 + g.IntN(3) {
		route.ParentRefs = append(route.ParentRefs, v1alpha1.RouteParent{
			Group: maybe(g, v1alpha1.GatewayGroup, "", "a", rarely(g, "b", "A")), Kind: maybe(g, v1alpha1.KindGateway, "Service", "a-B", rarely(g, "c", "-")),
			Namespace: maybe(g, "a", strings.Repeat("a", 63), rarely(g, "b", "a.b")), Name: pick(g, "a", "a.b", strings.Repeat("a.", 126)+"a"),
			SectionName: maybe(g, "http", "https", "a.b", rarely(g, "b", "A")), Port: maybe(g, int32(1), 80, 65535),
		})
	}
	for range g.IntN(3) {
		route.Hostnames = append(route.Hostnames, pick(g, "a", "chat.example.com", "*.example.com", "b.example.com", rarely(g, "c", "A"), rarely(g, "d", "*"), rarely(g, "e", "a.*"), rarely(g, "f", "a_b")))
	}
	if g.IntN(2) == 0 {
		duration := func() *v1alpha1.RouteDuration {
			return maybe(g, v1alpha1.RouteDuration("0s"), "0h0m", "90s", "1h30m", "99999h", "1500ms", "1s1s1s1s", rarely(g, v1alpha1.RouteDuration("1m"), "1.5s"))
		}
		route.Timeouts = &v1alpha1.RouteTimeouts{Request: duration(), BackendRequest: duration()}
	}
	return route
}

// isOwn reports whether the error is of a rule that the Gateway API does not have: repeated hostnames, and what
// is not about the route.
func isOwn(err *field.Error) bool {
	return err.Type == field.ErrorTypeDuplicate && strings.Contains(err.Field, "hostnames") || !strings.Contains(err.Field, ".route.")
}

// Routes of valid objects are valid with the schema and the rules of the Gateway API, and are stored as they are
// rendered; those of others are not.
func TestRoutes(t *testing.T) {
	t.Parallel()
	schema, accepted, rejected := newRouteSchema(t), 0, 0
	for i := range 2000 {
		g := generator{rand.New(rand.NewPCG(uint64(*seed+i), 1))} //nolint:gosec // reproducible
		d := &v1alpha1.OllamaDeployment{Spec: v1alpha1.OllamaDeploymentSpec{
			Ollama: v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"llama2:7b"}},
			Tabby:  &v1alpha1.TabbySpec{Enabled: new(true), Route: g.route(), Service: g.service()},
		}}
		d.Namespace, d.Name, d.UID = "default", "stack", "00000000-0000-0000-0000-000000000000"
		d.Default()
		_, errs := validation.ValidateCreate(d, nil, validation.Options{})
		var invalid error
		children, err := render.Objects(d, render.Options{})
		require.NoError(t, err)
		for _, child := range children {
			if child.Kind == render.KindHTTPRoute {
				invalid = schema.validate(t, child)
			}
		}
		switch {
		case len(errs) == 0:
			accepted++
			require.NoError(t, invalid, "seed %d", *seed+i)
		case !slices.ContainsFunc(errs, isOwn):
			rejected++
			require.Error(t, invalid, "seed %d: %v", *seed+i, errs)
		}
	}
	t.Logf("%d accepted, %d rejected", accepted, rejected)
	assert.Greater(t, accepted, 500)
	assert.Greater(t, rejected, 200)
}
