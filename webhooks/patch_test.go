// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	apply "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	jsonpatch "gomodules.xyz/jsonpatch/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	"sigs.k8s.io/randfill"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// checkPatch asserts that the patch of the defaults makes of the object what a patch of the difference of the encoded
// objects makes of it, for the creation of an object or, if old is not nil, an update.
func checkPatch(t *testing.T, raw []byte, d, old *v1alpha1.OllamaDeployment) {
	t.Helper()
	before, err := json.Marshal(d)
	require.NoError(t, err)
	spec := d.Spec.DeepCopy()
	if old == nil {
		d.Default()
	} else {
		d.DefaultUpdate(old)
	}
	after, err := json.Marshal(d)
	require.NoError(t, err)
	want, wantErr := patched(raw, admission.PatchResponseFromRaw(before, after).Patches)
	got, err := patched(raw, patchOf(spec, &d.Spec))
	if wantErr != nil { // the object is not as it was decoded
		assert.Error(t, err)
		return
	}
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

// patched returns the JSON with the operations applied to it, as the API server does that.
func patched(raw []byte, operations []jsonpatch.Operation) ([]byte, error) {
	if len(operations) == 0 {
		return raw, nil
	}
	data, err := json.Marshal(operations)
	if err != nil {
		return nil, err
	}
	decoded, err := apply.DecodePatch(data)
	if err != nil {
		return nil, err
	}
	return decoded.Apply(raw)
}

func TestPatchOfFixtures(t *testing.T) {
	t.Parallel()
	cases := map[string]string{"defaults": fixtures.Defaults(t).Object}
	for _, rule := range fixtures.Rules(t) {
		cases[rule.Name] = rule.Object("stack")
	}
	for name, object := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := toJSON(t, object)
			d, _, err := validation.Decode(raw)
			require.NoError(t, err)
			checkPatch(t, raw, d.DeepCopy(), nil)
			old := fixtures.Defaulted(fixtures.Sample(t, "full"))
			checkPatch(t, raw, d.DeepCopy(), old)
			raw, err = json.Marshal(old)
			require.NoError(t, err)
			checkPatch(t, raw, old, fixtures.Defaulted(d))
		})
	}
}

// Every field has random values, and maps have names that a JSON pointer escapes.
func TestPatchOfAnyObject(t *testing.T) {
	t.Parallel()
	for seed := range int64(200) {
		filler := fixtures.Filler(seed,
			func(n *corev1.ResourceName, c randfill.Continue) {
				*n = []corev1.ResourceName{"cpu", "memory", "a/b", "a~b/c", "~1", ""}[c.Intn(6)]
			},
		)
		given, old := &v1alpha1.OllamaDeployment{}, &v1alpha1.OllamaDeployment{}
		filler.Fill(&given.Spec)
		filler.Fill(&old.Spec)
		filler.Fill(&given.Name)
		raw, err := json.Marshal(given)
		require.NoError(t, err)
		for _, stored := range []*v1alpha1.OllamaDeployment{nil, old} {
			d, decodeErrs, err := validation.Decode(raw)
			require.NoError(t, err)
			require.Empty(t, decodeErrs)
			checkPatch(t, raw, d, stored)
		}
		checkAnyPatch(t, raw, given, old)
	}
}

// checkAnyPatch asserts that the patch of two specs, of which defaults do not make one of the other, does so.
func checkAnyPatch(t *testing.T, raw []byte, before, after *v1alpha1.OllamaDeployment) {
	t.Helper()
	data, err := patched(raw, patchOf(&before.Spec, &after.Spec))
	require.NoError(t, err)
	got, _, err := validation.Decode(data)
	require.NoError(t, err)
	assert.True(t, equality.Semantic.DeepEqual(after.Spec, got.Spec))
}

func FuzzPatch(f *testing.F) {
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
	f.Add([]byte(`{"spec":{"ollama":{"service":null,"resources":{"requests":{"cpu":null}}},"tabby":{"ingress":{}}}}`), []byte(`{"spec":{}}`))
	f.Fuzz(func(t *testing.T, object, stored []byte) {
		d, decodeErrs, err := validation.Decode(object)
		old, _, oldErr := validation.Decode(stored)
		if err != nil || oldErr != nil || len(decodeErrs) > 0 {
			t.Skip("not an object")
		}
		checkPatch(t, object, d.DeepCopy(), nil)
		checkPatch(t, object, d, old)
	})
}

// The patch has nothing but what the defaults change, with names escaped.
func TestPatchOperations(t *testing.T) {
	t.Parallel()
	resources := func(name string) *v1alpha1.ResourceRequirements {
		return &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceName(name): resource.MustParse("1")}}
	}
	for name, tc := range map[string]struct {
		before, after v1alpha1.OllamaSpec
		want          []string
	}{
		"nothing":            {},
		"scalar":             {after: v1alpha1.OllamaSpec{Replicas: new(int32(1))}, want: []string{`add /spec/ollama/replicas 1`}},
		"changed":            {v1alpha1.OllamaSpec{Replicas: new(int32(2))}, v1alpha1.OllamaSpec{Replicas: new(int32(1))}, []string{`replace /spec/ollama/replicas 1`}},
		"removed":            {before: v1alpha1.OllamaSpec{Replicas: new(int32(2))}, want: []string{`remove /spec/ollama/replicas null`}},
		"object":             {after: v1alpha1.OllamaSpec{Service: &v1alpha1.ServiceSpec{}}, want: []string{`add /spec/ollama/service {}`}},
		"member":             {v1alpha1.OllamaSpec{Service: &v1alpha1.ServiceSpec{}}, v1alpha1.OllamaSpec{Service: &v1alpha1.ServiceSpec{Port: new(int32(80))}}, []string{`add /spec/ollama/service/port 80`}},
		"entries of a map":   {v1alpha1.OllamaSpec{Resources: resources("a/b")}, v1alpha1.OllamaSpec{Resources: resources("a~b")}, []string{`remove /spec/ollama/resources/limits/a~1b null`, `add /spec/ollama/resources/limits/a~0b "1"`}},
		"list":               {v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"a:1"}}, v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"b:1"}}, []string{`replace /spec/ollama/models ["b:1"]`}},
		"another way to say": {v1alpha1.OllamaSpec{Resources: &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("1000m")}}}, v1alpha1.OllamaSpec{Resources: resources("cpu")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, one := range patchOf(&v1alpha1.OllamaDeploymentSpec{Ollama: tc.before}, &v1alpha1.OllamaDeploymentSpec{Ollama: tc.after}) {
				value, err := json.Marshal(one.Value)
				require.NoError(t, err)
				got = append(got, strings.Join([]string{one.Operation, one.Path, string(value)}, " "))
			}
			slices.Sort(got)
			slices.Sort(tc.want)
			assert.Equal(t, tc.want, got)
		})
	}
}
