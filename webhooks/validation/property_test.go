// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
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
	_, err := render.Objects(d, render.Options{})
	require.NoError(t, err)
	render.Secrets(d)
}

// Every field of the objects has random values, including nil, empty and unusual ones.
func TestAnyObject(t *testing.T) {
	t.Parallel()
	for seed := range int64(300) {
		filler := fixtures.Filler(seed,
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

// What a message suggests is accepted: the edit corrects the value, and has the same text as the message.
func FuzzExplain(f *testing.F) {
	for _, text := range []string{
		"", "llama2", "llama2:7b", "a b", "http://h/x:1", "h:5/x", "A.B", "10.0.0.1", "*.a", ":1", "x@sha256:0", "[::1]:80",
		"8GB", "1 gib", "7 days", "forever", "Image:1", "oci://A/b", " x ", "mem", "GPU", "\"", `\`, "a\nb", "\u2028", "b/../c", "b:c", "data", "etc/file/x",
		"10.0.0.1/8", " 10.0.0.0/8", "::ffff:10.0.0.0/104", "2001:db8::1/0", "gate way",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for tag, explain := range explainers {
			checkSuggestion(t, tag, text, explain)
		}
		checkSuggestion(t, "resource name", text, explainResourceName)
		checkSuggestion(t, "network", text, explainCIDR)
		checkSuggestion(t, "kind", text, func(text string) string { return strings.Join(isParentKind(text), "") })
		checkSuggestion(t, "quantity", text, func(text string) string {
			if hasLongExponent([]byte(text)) {
				return "" // parsing it takes long
			}
			if _, err := resource.ParseQuantity(text); err == nil {
				return ""
			}
			return explainQuantity(text)
		})
		checkSuggestion(t, "user", text, func(text string) string { return explainUser(intstr.FromString(text)) })
		checkSuggestion(t, "mount path", text, func(text string) string {
			reserved := v1alpha1.Reserved{Paths: []string{"/data"}, File: "/etc/file"}
			if errs := validateMountPath(text, reserved, field.NewPath("a")); len(errs) > 0 {
				return errs[0].Detail
			}
			return ""
		})
		checkSuggestion(t, "name", text, func(text string) string {
			if slices.Contains(resourceNames, text) {
				return ""
			}
			return notSupported(field.NewPath("a"), text, resourceNames).Detail
		})
		if name := nearestResource(text); name != "" {
			assert.Empty(t, explainResourceName(name))
		}
	})
}

// checkSuggestion asserts that what the explanation of the text suggests needs no explanation.
func checkSuggestion(t *testing.T, name, text string, explain func(string) string) {
	t.Helper()
	message := explain(text)
	edits := Edits(field.Invalid(field.NewPath("a"), nil, message))
	if strings.Contains(message, "; did you mean ") {
		assert.NotEmpty(t, edits, "%s %q: %s", name, text, message)
	}
	for _, e := range edits {
		value, isText := e.Value.(string)
		switch {
		case isText && e.Op == Replace:
			assert.Empty(t, explain(value), "%s %q: %s", name, text, message)
		case e.Op == Add:
			assert.Empty(t, explainImageTag(value), "%s %q: %s", name, text, message)
		}
	}
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
