// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestDeprecatedFieldsAreCopied(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `
spec:
  ollama: {models: ["llama2:7b"], serviceType: NodePort, servicePort: 80}
  openwebui: {serviceType: LoadBalancer, servicePort: 81, ingressEnabled: true, ingressHost: a.example.com}
  tabby: {servicePort: 82, ingressEnabled: true, ingressHost: b.example.com, ingress: {className: nginx}}
`))
	ui, tabby := d.Spec.OpenWebUI, d.Spec.Tabby
	assert.Equal(t, v1alpha1.ServiceSpec{Type: new(corev1.ServiceTypeNodePort), Port: new(int32(80))}, *d.Spec.Ollama.Service)
	assert.Equal(t, v1alpha1.ServiceSpec{Type: new(corev1.ServiceTypeLoadBalancer), Port: new(int32(81))}, *ui.Service)
	assert.Equal(t, v1alpha1.IngressSpec{Enabled: new(true), Host: "a.example.com"}, *ui.Ingress)
	assert.Equal(t, v1alpha1.ServiceSpec{Type: new(corev1.ServiceTypeClusterIP), Port: new(int32(82))}, *tabby.Service)
	assert.Equal(t, v1alpha1.IngressSpec{Enabled: new(true), Host: "b.example.com", ClassName: new("nginx")}, *tabby.Ingress)
	assert.Equal(t, int32(80), *tabby.OllamaServicePort, "a derived default follows a deprecated field too")
	assert.Equal(t, int32(80), *d.Spec.Ollama.ServicePort, "the deprecated field is preserved")
	assert.True(t, d.Defaulted())

	d.Spec.DropDeprecatedFields()
	for _, field := range d.Spec.DeprecatedFields() {
		assert.Nil(t, field.Value, field.Path)
		assert.NotNil(t, field.Replaced, field.Replacement)
	}
}

// A deprecatedCase is a row of the tests of DefaultUpdate and deprecated fields. The stored object
// has the spec and stored's changes; want and flat are Ollama's port in the replacement and in the
// deprecated field.
type deprecatedCase struct {
	spec   string // defaults to "servicePort: 80"
	stored func(*object)
	update []func(*object)
	apply  bool // the update is a server-side apply
	want   int32
	flat   *int32
}

func testDeprecated(t *testing.T, cases map[string]deprecatedCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := cmp.Or(tc.spec, "servicePort: 80")
			old := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], `+spec+`}, tabby: {}}}`))
			if tc.stored != nil {
				tc.stored(old)
				old.Spec.Tabby.OllamaServicePort = new(*old.Spec.Ollama.Service.Port)
			}
			d := old.DeepCopy()
			for _, update := range tc.update {
				update(d)
			}
			setDefaults := (*object).DefaultUpdate
			if tc.apply {
				setDefaults = (*object).DefaultServerSideApply
			}
			setDefaults(d, old)
			require.Equal(t, tc.want, *d.Spec.Ollama.Service.Port)
			assert.Equal(t, tc.flat, d.Spec.Ollama.ServicePort)
			assert.Equal(t, tc.want, *d.Spec.Tabby.OllamaServicePort)
			again := d.DeepCopy()
			setDefaults(again, old)
			assert.Equal(t, d, again, "a reinvoked webhook changes nothing")
		})
	}
}

func flat(port *int32) func(*object) {
	return func(d *object) { d.Spec.Ollama.ServicePort = port }
}

func nested(port int32) func(*object) {
	return func(d *object) { d.Spec.Ollama.Service.Port = new(port) }
}

func removeNested(d *object) { d.Spec.Ollama.Service = nil }

func scale(d *object) { d.Spec.Ollama.Replicas = new(int32(2)) }

func manifest(text string) func(*object) {
	return func(d *object) { d.Annotations = lastApplied(text) }
}

func owner(operation metav1.ManagedFieldsOperationType, fields string) func(*object) {
	return func(d *object) {
		d.ManagedFields = managed(fields)
		d.ManagedFields[0].Operation = operation
	}
}

const (
	nestedPort         = `{"f:spec":{"f:ollama":{"f:service":{"f:port":{}}}}}`
	nestedType         = `{"f:spec":{"f:ollama":{"f:service":{"f:type":{}}}}}`
	bothPorts          = `{"f:spec":{"f:ollama":{"f:servicePort":{},"f:service":{"f:port":{}}}}}`
	flatManifest       = `{"spec":{"ollama":{"servicePort":80}}}`
	nestedManifest     = `{"spec":{"ollama":{"service":{"port":80}}}}`
	manifestWithout    = `{"spec":{"ollama":{}}}`
	manifestWithNull   = `{"spec":{"ollama":{"service":{"port":null}}}}`
	manifestWithEqual  = `{"spec":{"ollama":{"servicePort":80,"service":{"port":80}}}}`
	manifestWithNested = `{"spec":{"ollama":{"servicePort":80,"service":{"port":81}}}}`
	manifestWithFlat   = `{"spec":{"ollama":{"servicePort":90,"service":{"port":80}}}}`
)

// The field that an update changes sets the other one.
func TestDeprecatedFieldOrReplacementChanges(t *testing.T) {
	t.Parallel()
	testDeprecated(t, map[string]deprecatedCase{
		"deprecated field changes":              {update: []func(*object){flat(new(int32(81)))}, want: 81, flat: new(int32(81))},
		"replacement changes":                   {update: []func(*object){nested(81)}, want: 81, flat: new(int32(81))},
		"both change to the same value":         {update: []func(*object){flat(new(int32(81))), nested(81)}, want: 81, flat: new(int32(81))},
		"preserves a conflict for validation":   {update: []func(*object){flat(new(int32(81))), nested(82)}, want: 82, flat: new(int32(81))},
		"deprecated field is added":             {spec: `replicas: 1`, update: []func(*object){flat(new(int32(81)))}, want: 81, flat: new(int32(81))},
		"another field changes":                 {update: []func(*object){scale}, want: 80, flat: new(int32(80))},
		"preserves a stored conflict":           {stored: nested(81), update: []func(*object){scale}, want: 81, flat: new(int32(80))},
		"PUT without the replacement":           {update: []func(*object){removeNested}, want: 80, flat: new(int32(80))},
		"PUT without either":                    {update: []func(*object){flat(nil), removeNested}, want: 11434},
		"removed while the replacement changes": {update: []func(*object){flat(nil), nested(81)}, want: 81},
	})
}

// A conflict within one manifest is preserved, so that validation rejects it.
func TestDeprecatedFieldConflictsInManifest(t *testing.T) {
	t.Parallel()
	testDeprecated(t, map[string]deprecatedCase{
		"conflict in the manifest of kubectl apply": {
			update: []func(*object){nested(81), manifest(manifestWithNested)}, want: 81, flat: new(int32(80)),
		},
		"conflict in a manifest of which kubectl apply sends one field": {
			stored: manifest(flatManifest), update: []func(*object){flat(new(int32(90))), manifest(manifestWithFlat)}, want: 80, flat: new(int32(90)),
		},
		"conflict in a server-side apply": {
			update: []func(*object){nested(81), owner("Apply", bothPorts)}, apply: true, want: 81, flat: new(int32(80)),
		},
		"edit of one field after a manifest with equal values": {
			update: []func(*object){nested(81), manifest(manifestWithEqual), owner("Update", bothPorts)}, want: 81, flat: new(int32(81)),
		},
	})
}

// The value that a deprecated field set is removed with it only if the client's manifest has
// neither field.
func TestDeprecatedFieldRemoved(t *testing.T) {
	t.Parallel()
	testDeprecated(t, map[string]deprecatedCase{
		"patch":                                         {update: []func(*object){flat(nil)}, want: 80},
		"patch of what kubectl applied":                 {stored: manifest(flatManifest), update: []func(*object){flat(nil)}, want: 80},
		"patch while a manager owns a sibling":          {update: []func(*object){flat(nil), owner("Update", nestedType)}, want: 80},
		"kubectl apply with neither":                    {stored: manifest(flatManifest), update: []func(*object){flat(nil), manifest(manifestWithout)}, want: 11434},
		"kubectl apply with null":                       {update: []func(*object){flat(nil), manifest(manifestWithNull)}, want: 11434},
		"kubectl apply with the replacement":            {update: []func(*object){flat(nil), manifest(nestedManifest)}, want: 80},
		"kubectl apply while a manager owns the port":   {update: []func(*object){flat(nil), manifest(manifestWithout), owner("Apply", nestedPort)}, want: 80},
		"server-side apply with neither":                {update: []func(*object){flat(nil), owner("Apply", nestedType)}, apply: true, want: 11434},
		"server-side apply with the replacement":        {update: []func(*object){flat(nil), owner("Apply", nestedPort)}, apply: true, want: 80},
		"server-side apply while last-applied has port": {stored: manifest(nestedManifest), update: []func(*object){flat(nil)}, apply: true, want: 80},
	})
}
