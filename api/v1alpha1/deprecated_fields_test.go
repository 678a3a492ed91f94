// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
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
	assert.Equal(t, int32(80), *d.Spec.Ollama.ServicePort, "the flat field stays")
	assert.True(t, d.Defaulted())

	d.Spec.DropDeprecatedFields()
	for _, older := range d.Spec.DeprecatedFields() {
		assert.Nil(t, older.Value, older.Path)
		assert.NotNil(t, older.Replaced, older.Replacement)
	}
}

// On an update the spelling that changed counts, and the other one follows. What a
// deprecated field had set goes with it only where the client shows that it wants neither.
func TestDeprecatedFieldsOfUpdates(t *testing.T) {
	t.Parallel()
	type object = v1alpha1.OllamaDeployment
	owner := func(operation metav1.ManagedFieldsOperationType, fields string) func(*object) {
		return func(d *object) {
			d.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "a", Operation: operation, FieldsV1: metav1.NewFieldsV1(fields)}}
		}
	}
	manifest := func(text string) func(*object) {
		return func(d *object) { d.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: text} }
	}
	flat := func(port *int32) func(*object) { return func(d *object) { d.Spec.Ollama.ServicePort = port } }
	nested := func(port int32) func(*object) { return func(d *object) { d.Spec.Ollama.Service.Port = new(port) } }
	const (
		nestedPort = `{"f:spec":{"f:ollama":{"f:service":{"f:port":{}}}}}`
		nestedType = `{"f:spec":{"f:ollama":{"f:service":{"f:type":{}}}}}`
		bothPorts  = `{"f:spec":{"f:ollama":{"f:servicePort":{},"f:service":{"f:port":{}}}}}`
	)
	for name, tc := range map[string]struct {
		spec   string
		stored func(*object)
		update []func(*object)
		apply  bool
		want   int32
		flat   *int32
	}{
		"the flat one changed":      {spec: `servicePort: 80`, update: []func(*object){flat(new(int32(81)))}, want: 81, flat: new(int32(81))},
		"the nested one changed":    {spec: `servicePort: 80`, update: []func(*object){nested(81)}, want: 81, flat: new(int32(81))},
		"both changed, to the same": {spec: `servicePort: 80`, update: []func(*object){flat(new(int32(81))), nested(81)}, want: 81, flat: new(int32(81))},
		"both changed, apart, which is refused later": {
			spec: `servicePort: 80`, update: []func(*object){flat(new(int32(81))), nested(82)}, want: 82, flat: new(int32(81)),
		},
		"one manifest says both, which is refused later": {
			spec: `servicePort: 80`, update: []func(*object){nested(81), manifest(`{"spec":{"ollama":{"servicePort":80,"service":{"port":81}}}}`)}, want: 81, flat: new(int32(80)),
		},
		"one manifest says both, of which it sends one": {
			spec: `servicePort: 80`, stored: manifest(`{"spec":{"ollama":{"servicePort":80}}}`),
			update: []func(*object){flat(new(int32(90))), manifest(`{"spec":{"ollama":{"servicePort":90,"service":{"port":80}}}}`)}, want: 80, flat: new(int32(90)),
		},
		"one apply says both, which is refused later": {
			spec: `servicePort: 80`, update: []func(*object){nested(81), owner("Apply", bothPorts)}, apply: true, want: 81, flat: new(int32(80)),
		},
		"a manifest said the same twice, and an edit changes one": {
			spec: `servicePort: 80`, update: []func(*object){nested(81), manifest(`{"spec":{"ollama":{"servicePort":80,"service":{"port":80}}}}`), owner("Update", bothPorts)}, want: 81, flat: new(int32(81)),
		},
		"the flat one was added": {spec: `replicas: 1`, update: []func(*object){flat(new(int32(81)))}, want: 81, flat: new(int32(81))},
		"something else changed": {spec: `servicePort: 80`, update: []func(*object){func(d *object) { d.Spec.Ollama.Replicas = new(int32(2)) }}, want: 80, flat: new(int32(80))},
		"what is stored apart is left alone": {
			spec: `servicePort: 80`, stored: nested(81), update: []func(*object){func(d *object) { d.Spec.Ollama.Replicas = new(int32(2)) }}, want: 81, flat: new(int32(80)),
		},
		"a PUT without the nested one": {spec: `servicePort: 80`, update: []func(*object){func(d *object) { d.Spec.Ollama.Service = nil }}, want: 80, flat: new(int32(80))},
		"a PUT with neither":           {spec: `servicePort: 80`, update: []func(*object){flat(nil), func(d *object) { d.Spec.Ollama.Service = nil }}, want: 11434},

		"a patch removes the flat one":                     {spec: `servicePort: 80`, update: []func(*object){flat(nil)}, want: 80},
		"a patch removes it from what kubectl applied":     {spec: `servicePort: 80`, stored: manifest(`{"spec":{"ollama":{"servicePort":80}}}`), update: []func(*object){flat(nil)}, want: 80},
		"a patch removes it, something else is somebody's": {spec: `servicePort: 80`, update: []func(*object){flat(nil), owner("Update", nestedType)}, want: 80},
		"removed, the nested one changed":                  {spec: `servicePort: 80`, update: []func(*object){flat(nil), nested(81)}, want: 81},

		"kubectl apply wants neither":                  {spec: `servicePort: 80`, stored: manifest(`{"spec":{"ollama":{"servicePort":80}}}`), update: []func(*object){flat(nil), manifest(`{"spec":{"ollama":{}}}`)}, want: 11434},
		"kubectl apply wants neither, written as null": {spec: `servicePort: 80`, update: []func(*object){flat(nil), manifest(`{"spec":{"ollama":{"service":{"port":null}}}}`)}, want: 11434},
		"kubectl apply wants the nested one":           {spec: `servicePort: 80`, update: []func(*object){flat(nil), manifest(`{"spec":{"ollama":{"service":{"port":80}}}}`)}, want: 80},
		"kubectl apply wants neither, another manager does": {
			spec: `servicePort: 80`, update: []func(*object){flat(nil), manifest(`{"spec":{"ollama":{}}}`), owner("Apply", nestedPort)}, want: 80,
		},
		"server-side apply wants neither":        {spec: `servicePort: 80`, update: []func(*object){flat(nil), owner("Apply", nestedType)}, apply: true, want: 11434},
		"server-side apply wants the nested one": {spec: `servicePort: 80`, update: []func(*object){flat(nil), owner("Apply", nestedPort)}, apply: true, want: 80},
		"server-side apply wants neither, kubectl's manifest does": {
			spec: `servicePort: 80`, stored: manifest(`{"spec":{"ollama":{"service":{"port":80}}}}`), update: []func(*object){flat(nil)}, apply: true, want: 80,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], `+tc.spec+`}, tabby: {}}}`))
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
