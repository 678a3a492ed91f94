package v1alpha1_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

const stack = `
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"]}
  tabby: {enabled: true}
`

func TestDerivedDefaultsFollow(t *testing.T) {
	t.Parallel()
	type object = v1alpha1.OllamaDeployment
	setPort := func(d *object) { d.Spec.Ollama.Service.Port = new(int32(80)) }
	addModel := func(d *object) { d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "codellama:13b") }
	for name, tc := range map[string]struct {
		stored func(*object)
		update func(*object)
		check  func(*testing.T, *object)
	}{
		"the port follows": {
			update: setPort,
			check:  func(t *testing.T, d *object) { assert.Equal(t, int32(80), *d.Spec.Tabby.OllamaServicePort) },
		},
		"the port stays where it was set": {
			stored: func(d *object) { d.Spec.Tabby.OllamaServicePort = new(int32(8000)) },
			update: setPort,
			check:  func(t *testing.T, d *object) { assert.Equal(t, int32(8000), *d.Spec.Tabby.OllamaServicePort) },
		},
		"the port that is set in the same update wins": {
			update: func(d *object) { setPort(d); d.Spec.Tabby.OllamaServicePort = new(int32(8000)) },
			check:  func(t *testing.T, d *object) { assert.Equal(t, int32(8000), *d.Spec.Tabby.OllamaServicePort) },
		},
		"model and memory follow": {
			update: addModel,
			check: func(t *testing.T, d *object) {
				assert.Equal(t, v1alpha1.OllamaModel("codellama:13b"), *d.Spec.Tabby.ModelName)
				assert.Equal(t, "10Gi", d.Spec.Ollama.Resources.Requests.Memory().String())
			},
		},
		"a model that was chosen stays": {
			stored: func(d *object) { addModel(d); d.Spec.Tabby.ModelName = new(v1alpha1.OllamaModel("llama2:7b")) },
			update: func(d *object) { d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "starcoder2:3b") },
			check: func(t *testing.T, d *object) {
				assert.Equal(t, v1alpha1.OllamaModel("llama2:7b"), *d.Spec.Tabby.ModelName)
			},
		},
		"resources that were changed stay": {
			stored: func(d *object) { d.Spec.Ollama.Resources.Requests["memory"] = resource.MustParse("7Gi") },
			update: addModel,
			check: func(t *testing.T, d *object) {
				assert.Equal(t, "7Gi", d.Spec.Ollama.Resources.Requests.Memory().String())
			},
		},
		"what is removed is derived anew": {
			stored: func(d *object) { d.Spec.Tabby.ModelName = new(v1alpha1.OllamaModel("other:7b")) },
			update: func(d *object) { d.Spec.Tabby.ModelName = nil },
			check: func(t *testing.T, d *object) {
				assert.Equal(t, v1alpha1.OllamaModel("llama2:7b"), *d.Spec.Tabby.ModelName)
			},
		},
		"tabby that is added is derived": {
			stored: func(d *object) { d.Spec.Tabby = nil },
			update: func(d *object) { d.Spec.Tabby = &v1alpha1.TabbySpec{} },
			check:  func(t *testing.T, d *object) { assert.Equal(t, "stack-ollama", *d.Spec.Tabby.OllamaServiceName) },
		},
		// A manifest that names the very value that would be derived means it.
		"a value that a manager claims stays, though it is the derived one": {
			stored: func(d *object) { d.ManagedFields = claims(`{"f:spec":{"f:tabby":{"f:modelName":{}}}}`) },
			update: addModel,
			check: func(t *testing.T, d *object) {
				assert.Equal(t, v1alpha1.OllamaModel("llama2:7b"), *d.Spec.Tabby.ModelName)
				assert.Equal(t, "10Gi", d.Spec.Ollama.Resources.Requests.Memory().String())
			},
		},
		"resources that a manager claims in part stay": {
			stored: func(d *object) {
				d.ManagedFields = claims(`{"f:spec":{"f:ollama":{"f:resources":{"f:requests":{"f:cpu":{}}}}}}`)
			},
			update: addModel,
			check: func(t *testing.T, d *object) {
				assert.Equal(t, "6Gi", d.Spec.Ollama.Resources.Requests.Memory().String())
			},
		},
		// An older operator derived another figure. Nobody asked for a new one.
		"what an older table derived stays": {
			stored: func(d *object) {
				d.Spec.Ollama.Resources.Requests["memory"] = resource.MustParse("5Gi")
				d.Spec.Ollama.ImageTag = new("0.9")
			},
			update: func(d *object) { d.Spec.Ollama.Replicas = new(int32(2)) },
			check: func(t *testing.T, d *object) {
				assert.Equal(t, "5Gi", d.Spec.Ollama.Resources.Requests.Memory().String())
				assert.Equal(t, "0.9", *d.Spec.Ollama.ImageTag)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, stack))
			if tc.stored != nil {
				tc.stored(old)
				old.Default(nil)
			}
			d := old.DeepCopy()
			tc.update(d)
			d.Default(old)
			tc.check(t, d)
			again := d.DeepCopy()
			again.Default(old)
			assert.Equal(t, d, again, "defaulting twice is defaulting once")
		})
	}
}

func claims(fields string) []metav1.ManagedFieldsEntry {
	return []metav1.ManagedFieldsEntry{{
		Manager: "kubectl", Operation: metav1.ManagedFieldsOperationUpdate, FieldsType: "FieldsV1",
		FieldsV1: metav1.NewFieldsV1(fields),
	}}
}
