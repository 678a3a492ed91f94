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

func TestOlderSpellingsAreCopied(t *testing.T) {
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
	assert.Equal(t, int32(80), *tabby.OllamaServicePort, "a derived default follows an older spelling too")
	assert.Equal(t, int32(80), *d.Spec.Ollama.ServicePort, "the flat field stays")
	assert.True(t, d.Defaulted())

	d.Spec.DropOlderSpellings()
	for _, older := range d.Spec.OlderSpellings() {
		assert.Nil(t, older.Value, older.Path)
		assert.NotNil(t, older.Replaced, older.Replacement)
	}
}

// On an update the spelling that changed counts, and one that is removed takes along
// what it had set, unless somebody else claims that.
func TestOlderSpellingsOfUpdates(t *testing.T) {
	t.Parallel()
	type object = v1alpha1.OllamaDeployment
	owner := func(d *object, fields string) {
		d.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "a", FieldsV1: metav1.NewFieldsV1(fields)}}
	}
	const nestedPort = `{"f:spec":{"f:ollama":{"f:service":{"f:port":{}}}}}`
	for name, tc := range map[string]struct {
		spec   string
		update func(*object)
		want   int32
	}{
		"the flat one changed":   {`servicePort: 80`, func(d *object) { d.Spec.Ollama.ServicePort = new(int32(81)) }, 81},
		"the nested one changed": {`servicePort: 80`, func(d *object) { d.Spec.Ollama.Service.Port = new(int32(81)) }, 81},
		"both changed, to the same": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort, d.Spec.Ollama.Service.Port = new(int32(81)), new(int32(81))
		}, 81},
		"both changed, apart, which is refused later": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort, d.Spec.Ollama.Service.Port = new(int32(81)), new(int32(82))
		}, 82},
		"the flat one was added":   {`replicas: 1`, func(d *object) { d.Spec.Ollama.ServicePort = new(int32(81)) }, 81},
		"something else changed":   {`servicePort: 80`, func(d *object) { d.Spec.Ollama.Replicas = new(int32(2)) }, 80},
		"the object was replaced":  {`servicePort: 80`, func(d *object) { d.Spec.Ollama.Service = nil }, 80},
		"the flat one was removed": {`servicePort: 80`, func(d *object) { d.Spec.Ollama.ServicePort = nil }, 11434},
		"removed, the nested one changed": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort, d.Spec.Ollama.Service.Port = nil, new(int32(81))
		}, 81},
		"removed, the nested one is somebody's": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort = nil
			owner(d, nestedPort)
		}, 80},
		"removed, something else is somebody's": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort = nil
			owner(d, `{"f:spec":{"f:ollama":{"f:service":{"f:type":{}}}}}`)
		}, 11434},
		"removed, and kubectl was given the nested one": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort = nil
			d.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: `{"spec":{"ollama":{"service":{"port":80}}}}`}
		}, 80},
		"removed, and kubectl was given neither": {`servicePort: 80`, func(d *object) {
			d.Spec.Ollama.ServicePort = nil
			d.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: `{"spec":{"ollama":{}}}`}
		}, 11434},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], `+tc.spec+`}, tabby: {}}}`))
			d := old.DeepCopy()
			tc.update(d)
			d.Default(old)
			require.Equal(t, tc.want, *d.Spec.Ollama.Service.Port)
			assert.Equal(t, tc.want, *d.Spec.Tabby.OllamaServicePort)
		})
	}
}
