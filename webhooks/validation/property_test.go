// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/randfill"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// checkProperties asserts that defaulting is idempotent, and that validation and rendering do not panic,
// for the creation of an object or, if old is not nil, an update.
func checkProperties(t *testing.T, d, old *v1alpha1.OllamaDeployment) {
	t.Helper()
	setDefaults := func(d *v1alpha1.OllamaDeployment) {
		if old == nil {
			d.Default()
		} else {
			d.DefaultUpdate(old)
		}
	}
	setDefaults(d)
	again := d.DeepCopy()
	setDefaults(again)
	if !equality.Semantic.DeepEqual(d, again) {
		data, err := json.Marshal(d)
		require.NoError(t, err)
		t.Fatalf("defaulting is not idempotent: %s", data)
	}
	if old == nil {
		_, _ = ValidateCreate(d, nil, Options{})
	} else {
		_, _ = ValidateUpdate(d, old, nil, Options{})
	}
	_, err := render.Objects(d)
	require.NoError(t, err)
	render.Secrets(d)
}

// Every field of the objects has random values, including nil, empty and unusual ones.
func TestAnyObject(t *testing.T) {
	t.Parallel()
	for seed := range int64(300) {
		filler := randfill.NewWithSeed(seed).NilChance(0.4).NumElements(0, 3).MaxDepth(12).Funcs(
			func(q *resource.Quantity, c randfill.Continue) {
				*q = *resource.NewMilliQuantity(c.Int63n(1e6)-1e3, resource.BinarySI)
			},
			func(m *v1alpha1.OllamaModel, c randfill.Continue) {
				*m = unusualModels[c.Intn(len(unusualModels))]
			},
		)
		d, old := &v1alpha1.OllamaDeployment{}, &v1alpha1.OllamaDeployment{}
		filler.Fill(&d.Spec)
		filler.Fill(&old.Spec)
		filler.Fill(&d.Name)
		checkProperties(t, d.DeepCopy(), nil)
		checkProperties(t, d, old)
	}
}

var unusualModels = []v1alpha1.OllamaModel{
	"", ":", "/", "//", "a:", ":b", "llama2:7b", "codellama:13b", "x:0b", "x:999999b", "x:99999x99999b", "nomic-embed-text:latest", "\x00", "é:1",
}

func FuzzAnyObject(f *testing.F) {
	for _, name := range fixtures.Samples() {
		data, err := json.Marshal(fixtures.Sample(f, name))
		require.NoError(f, err)
		f.Add(data, []byte(`{}`))
		f.Add(data, data)
	}
	for _, tc := range fixtures.Rules(f) {
		data, err := yaml.YAMLToJSON([]byte(tc.Object("stack")))
		require.NoError(f, err)
		f.Add(data, data)
	}
	f.Fuzz(func(t *testing.T, object, stored []byte) {
		d, old := &v1alpha1.OllamaDeployment{}, &v1alpha1.OllamaDeployment{}
		if json.Unmarshal(object, d) != nil || json.Unmarshal(stored, old) != nil {
			t.Skip("not an object")
		}
		checkProperties(t, d, old)
	})
}

// Explaining and suggesting do not panic.
func FuzzExplain(f *testing.F) {
	for _, text := range []string{"", "llama2", "llama2:7b", "a b", "http://h/x:1", "h:5/x", "A.B", "10.0.0.1", "*.a", ":1", "x@sha256:0", "[::1]:80"} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		for _, explain := range explainers {
			explain(text)
		}
		_ = explainResourceName(text)
		_ = nearestResource(text)
	})
}

func TestNearest(t *testing.T) {
	t.Parallel()
	candidates := []string{"llama2:7b", "codellama:7b", "mistral:7b"}
	for value, want := range map[string]string{
		"codelama:7b": "codellama:7b", "MISTRAL:7B": "mistral:7b", "llama2:13b": "llama2:7b", "phi": "", "": "",
	} {
		assert.Equal(t, want, Nearest(value, candidates), "%q", value)
	}
	for range 100 {
		value := string([]byte{byte(rand.IntN(256)), byte(rand.IntN(256))}) //nolint:gosec // any bytes do
		assert.NotPanics(t, func() { Nearest(value, candidates) })
	}
}

// A stored object can be created again, for example by restoring a backup or with kubectl replace
// --force.
func TestStoredObjectsCanBeCreatedAgain(t *testing.T) {
	t.Parallel()
	edits := randomEdits()
	accepted := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // reproducible
		stored := fixtures.Defaulted(fixtures.Parse(t, "{metadata: {name: stack, namespace: team}, spec: {ollama: {models: [\"llama2:7b\"]}, tabby: {}}}"))
		for range 20 {
			d := stored.DeepCopy()
			edits[r.IntN(len(edits))](d, r)
			d.DefaultUpdate(stored)
			if _, errs := ValidateUpdate(d, stored, nil, Options{}); len(errs) > 0 {
				continue
			}
			accepted++
			again := d.DeepCopy()
			again.Default()
			_, errs := ValidateCreate(again, nil, Options{})
			require.Empty(t, errs, "seed %d", seed)
			require.True(t, equality.Semantic.DeepEqual(d.Spec, again.Spec), "seed %d: a new object gets other defaults", seed)
			stored = d
		}
	}
	assert.Greater(t, accepted, 1000)
}

// randomEdits returns edits of a single field of an object with Tabby.
func randomEdits() []func(*v1alpha1.OllamaDeployment, *rand.Rand) {
	port := func(r *rand.Rand) *int32 { return new([]int32{80, 81, 11434}[r.IntN(3)]) }
	optional := func(r *rand.Rand) *int32 {
		if r.IntN(3) == 0 {
			return nil
		}
		return port(r)
	}
	quantity := func(r *rand.Rand) resource.Quantity {
		return resource.MustParse([]string{"1Gi", "4Gi", "6Gi", "10Gi"}[r.IntN(4)])
	}
	return []func(*v1alpha1.OllamaDeployment, *rand.Rand){
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) { d.Spec.Ollama.ServicePort = optional(r) },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) { d.Spec.Ollama.Service.Port = optional(r) },
		func(d *v1alpha1.OllamaDeployment, _ *rand.Rand) { d.Spec.Ollama.Service = nil },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) {
			d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b", "codellama:13b"}[:1+r.IntN(2)]
		},
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) {
			d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"memory": quantity(r)}
		},
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) {
			d.Spec.Ollama.Resources.Requests = corev1.ResourceList{"memory": quantity(r)}
		},
		func(d *v1alpha1.OllamaDeployment, _ *rand.Rand) { d.Spec.Ollama.Resources = nil },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) { d.Spec.Tabby.OllamaServicePort = optional(r) },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) {
			d.Spec.Tabby.OllamaServiceName = []*string{nil, new("other"), new("stack-ollama.team.svc")}[r.IntN(3)]
		},
		func(d *v1alpha1.OllamaDeployment, _ *rand.Rand) { d.Spec.Tabby.ModelName = nil },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) { d.Spec.Tabby.Enabled = new(r.IntN(2) == 0) },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) { d.Spec.Tabby.ServicePort = optional(r) },
		func(d *v1alpha1.OllamaDeployment, r *rand.Rand) { d.Spec.Tabby.Service.Port = port(r) },
	}
}
