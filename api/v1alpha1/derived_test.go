// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

const stack = `
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"]}
  tabby: {enabled: true}
`

type object = v1alpha1.OllamaDeployment

// A derivedCase is a row of the tests of derived defaults. The stored object is defaulted after
// stored has changed it; update changes a copy of it, and check gets the copy after DefaultUpdate.
type derivedCase struct {
	stored func(*object)
	update func(*object)
	check  func(*testing.T, *object)
}

func testDerived(t *testing.T, cases map[string]derivedCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, stack))
			if tc.stored != nil {
				tc.stored(old)
				old.Default()
			}
			d := old.DeepCopy()
			tc.update(d)
			d.DefaultUpdate(old)
			tc.check(t, d)
			again := d.DeepCopy()
			again.DefaultUpdate(old)
			assert.Equal(t, d, again, "defaulting is idempotent")
		})
	}
}

func setPort(d *object) { d.Spec.Ollama.Service.Port = new(int32(80)) }

func setTabbyPort(d *object) { d.Spec.Tabby.OllamaServicePort = new(int32(8000)) }

func setSettings(settings string) func(*object) {
	return func(d *object) {
		d.Spec.Ollama.Settings = &v1alpha1.OllamaSettings{}
		if err := yaml.UnmarshalStrict([]byte("{"+settings+"}"), d.Spec.Ollama.Settings); err != nil {
			panic(err)
		}
	}
}

func addModel(d *object) { d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "codellama:13b") }

func wantTabbyPort(want int32) func(*testing.T, *object) {
	return func(t *testing.T, d *object) {
		t.Helper()
		assert.Equal(t, want, *d.Spec.Tabby.OllamaServicePort)
	}
}

func wantModel(want v1alpha1.OllamaModel) func(*testing.T, *object) {
	return func(t *testing.T, d *object) {
		t.Helper()
		assert.Equal(t, want, *d.Spec.Tabby.ModelName)
	}
}

func wantMemory(want string) func(*testing.T, *object) {
	return func(t *testing.T, d *object) {
		t.Helper()
		assert.Equal(t, want, d.Spec.Ollama.Resources.Requests.Memory().String())
	}
}

// wantRequests checks that the default of cpu and this memory are all of Ollama's requests; ""
// stands for no memory.
func wantRequests(memory string) func(*testing.T, *object) {
	return func(t *testing.T, d *object) {
		t.Helper()
		got := map[string]string{}
		for name, amount := range d.Spec.Ollama.Resources.Requests {
			got[string(name)] = amount.String()
		}
		want := map[string]string{"cpu": "500m", "memory": memory}
		maps.DeleteFunc(want, func(_, amount string) bool { return amount == "" })
		assert.Equal(t, want, got)
	}
}

func TestDerivedTabbyService(t *testing.T) {
	t.Parallel()
	testDerived(t, map[string]derivedCase{
		"follows Ollama's port": {update: setPort, check: wantTabbyPort(80)},
		"preserves a port that the user set": {
			stored: setTabbyPort,
			update: setPort,
			check:  wantTabbyPort(8000),
		},
		"preserves a port that the same update sets": {
			update: func(d *object) { setPort(d); setTabbyPort(d) },
			check:  wantTabbyPort(8000),
		},
		"resets the port for an Ollama of another object": {
			update: func(d *object) { setPort(d); d.Spec.Tabby.OllamaServiceName = new("other") },
			check:  wantTabbyPort(11434),
		},
		"follows the port when the name returns to this object's Ollama": {
			stored: func(d *object) {
				setPort(d)
				d.Spec.Tabby.OllamaServiceName, d.Spec.Tabby.OllamaServicePort = new("other"), nil
			},
			update: func(d *object) { d.Spec.Tabby.OllamaServiceName = new("stack-ollama") },
			check:  wantTabbyPort(80),
		},
		"derives the name when Tabby is added": {
			stored: func(d *object) { d.Spec.Tabby = nil },
			update: func(d *object) { d.Spec.Tabby = &v1alpha1.TabbySpec{} },
			check: func(t *testing.T, d *object) {
				t.Helper()
				assert.Equal(t, "stack-ollama", *d.Spec.Tabby.OllamaServiceName)
			},
		},
	})
}

func TestDerivedModelAndMemory(t *testing.T) {
	t.Parallel()
	testDerived(t, map[string]derivedCase{
		"follow the models": {
			update: addModel,
			check: func(t *testing.T, d *object) {
				t.Helper()
				wantModel("codellama:13b")(t, d)
				wantMemory("10Gi")(t, d)
			},
		},
		"preserves a model that the user set": {
			stored: func(d *object) { addModel(d); d.Spec.Tabby.ModelName = new(v1alpha1.OllamaModel("llama2:7b")) },
			update: func(d *object) { d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "starcoder2:3b") },
			check:  wantModel("llama2:7b"),
		},
		"preserves memory that the user set": {
			stored: func(d *object) { d.Spec.Ollama.Resources.Requests["memory"] = resource.MustParse("7Gi") },
			update: addModel,
			check:  wantMemory("7Gi"),
		},
		"derives a model that is removed": {
			stored: func(d *object) { d.Spec.Tabby.ModelName = new(v1alpha1.OllamaModel("other:7b")) },
			update: func(d *object) { d.Spec.Tabby.ModelName = nil },
			check:  wantModel("llama2:7b"),
		},
		"follows the settings": {
			update: setSettings("contextLength: 32768, parallel: 2"),
			check:  wantMemory("37Gi"),
		},
		"follows settings that are removed": {
			stored: setSettings("contextLength: 32768, parallel: 2"),
			update: func(d *object) { d.Spec.Ollama.Settings = nil },
			check:  wantMemory("6Gi"),
		},
		"counts a quantized cache with flash attention": {
			update: setSettings("contextLength: 32768, parallel: 2, kvCacheType: q8_0, flashAttention: true"),
			check:  wantMemory("22Gi"),
		},
		"counts a quantized cache without flash attention in full": {
			update: setSettings("contextLength: 32768, parallel: 2, kvCacheType: q8_0"),
			check:  wantMemory("37Gi"),
		},
		"does not count the context in the memory of a device": {
			update: func(d *object) {
				setSettings("contextLength: 32768, parallel: 2")(d)
				d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("1")}
			},
			check: wantMemory("6Gi"),
		},
		"does not count the context in the memory of a claimed device": {
			update: func(d *object) {
				setSettings("contextLength: 32768, parallel: 2")(d)
				d.Spec.Ollama.Pod = &v1alpha1.PodSettings{ResourceClaims: []corev1.PodResourceClaim{{Name: "gpu"}}}
			},
			check: wantMemory("6Gi"),
		},
		"is the same with other settings": {
			update: setSettings(`keepAlive: "-1", kvCacheType: q8_0, flashAttention: true, maxLoadedModels: 1`),
			check:  wantMemory("6Gi"),
		},
		"counts the models that may be loaded": {
			update: func(d *object) { addModel(d); setSettings("maxLoadedModels: 2")(d) },
			check:  wantMemory("15Gi"),
		},
		"preserves memory that the user set beside the settings": {
			stored: func(d *object) { d.Spec.Ollama.Resources.Requests["memory"] = resource.MustParse("7Gi") },
			update: setSettings("contextLength: 32768"),
			check:  wantMemory("7Gi"),
		},
		// An older operator derived another figure, and no field that it depends on has changed.
		"preserves what an older version derived": {
			stored: func(d *object) {
				d.Spec.Ollama.Resources.Requests["memory"] = resource.MustParse("5Gi")
				d.Spec.Ollama.ImageTag = new("0.9")
			},
			update: func(d *object) { d.Spec.Ollama.Replicas = new(int32(2)) },
			check: func(t *testing.T, d *object) {
				t.Helper()
				wantMemory("5Gi")(t, d)
				assert.Equal(t, "0.9", *d.Spec.Ollama.ImageTag)
			},
		},
	})
}

// An update to a manifest stores the same as creating it, whatever was stored before.
func TestUpdateStoresWhatCreateStores(t *testing.T) {
	t.Parallel()
	manifests := []string{
		`{}`, `{requests: {storage: 1Gi}}`, `{limits: {memory: 4Gi}}`, `{limits: {cpu: "1", memory: 4Gi}}`,
		`{requests: {memory: 6Gi}}`, `{requests: {cpu: 500m}, limits: {nvidia.com/gpu: "1"}}`,
	}
	for i := range manifests {
		manifests[i] = "resources: " + manifests[i]
	}
	manifests = append(manifests, `settings: {contextLength: 32768}`, `settings: {contextLength: 32768}, resources: {limits: {nvidia.com/gpu: "1"}}`, `settings: {contextLength: 32768, parallel: 4}`, `settings: {keepAlive: "0"}`)
	for _, before := range manifests {
		for _, after := range manifests {
			parse := func(fields string) *v1alpha1.OllamaDeployment {
				return fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], `+fields+`}}}`)
			}
			created := fixtures.Defaulted(parse(after))
			old := fixtures.Defaulted(parse(before))
			replaced := parse(after)
			replaced.DefaultUpdate(old)
			assert.True(t, equality.Semantic.DeepEqual(created.Spec, replaced.Spec), "%s, then %s", before, after)
		}
	}
}

func TestTabbyUsesOwnOllama(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"stack-ollama": true, "stack-ollama.ai": true, "stack-ollama.ai.svc": true, "stack-ollama.ai.svc.cluster.local": true,
		"other": false, "stack-ollama.other": false, "stack-ollama.other.svc": false, "stack-ollama.ai.example.com": false,
		"stack-ollama.svc": false, "stack-ollama.ai.cluster.local": false, "xstack-ollama.ai": false,
	} {
		d := fixtures.Parse(t, `{metadata: {name: stack, namespace: ai}, spec: {tabby: {ollamaServiceName: `+name+`}}}`)
		assert.Equal(t, want, d.TabbyUsesOwnOllama(), name)
	}
	unknown := fixtures.Parse(t, `{metadata: {name: stack}, spec: {tabby: {ollamaServiceName: stack-ollama.}}}`)
	assert.False(t, unknown.TabbyUsesOwnOllama(), "an empty namespace is not the object's")
}
