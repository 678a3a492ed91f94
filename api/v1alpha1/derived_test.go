// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
			stored: func(d *object) { d.ManagedFields = managed(`{"f:spec":{"f:tabby":{"f:modelName":{}}}}`) },
			update: addModel,
			check: func(t *testing.T, d *object) {
				assert.Equal(t, v1alpha1.OllamaModel("llama2:7b"), *d.Spec.Tabby.ModelName)
				assert.Equal(t, "10Gi", d.Spec.Ollama.Resources.Requests.Memory().String())
			},
		},
		"a request stays that a manager claims, the other one follows": {
			stored: func(d *object) {
				d.Spec.Ollama.Resources.Requests["cpu"] = resource.MustParse("500m")
				d.ManagedFields = managed(`{"f:spec":{"f:ollama":{"f:resources":{"f:requests":{"f:cpu":{}}}}}}`)
			},
			update: func(d *object) {
				addModel(d)
				d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"cpu": resource.MustParse("2")}
			},
			check: func(t *testing.T, d *object) { checkRequests(t, d, "10Gi") },
		},
		"empty resources in the manifest follow": {
			stored: func(d *object) {
				d.ManagedFields = managed(`{"f:spec":{"f:ollama":{"f:resources":{}}}}`)
				d.Annotations = lastApplied(`{"spec":{"ollama":{"resources":{"requests":null}}}}`)
			},
			update: addModel,
			check:  func(t *testing.T, d *object) { checkRequests(t, d, "10Gi") },
		},
		// kubectl apply does not send what is stored already, so no manager claims it.
		"a value in kubectl's manifest stays": {
			update: func(d *object) {
				setPort(d)
				addModel(d)
				d.Annotations = lastApplied(`{"spec":{"ollama":{"resources":{"requests":{"memory":"6Gi"}}},"tabby":{"ollamaServicePort":11434,"modelName":"llama2:7b"}}}`)
			},
			check: func(t *testing.T, d *object) {
				assert.Equal(t, int32(11434), *d.Spec.Tabby.OllamaServicePort)
				assert.Equal(t, v1alpha1.OllamaModel("llama2:7b"), *d.Spec.Tabby.ModelName)
				checkRequests(t, d, "6Gi")
			},
		},
		"what kubectl edit notes is not a manifest": {
			stored: func(d *object) { d.Annotations = lastApplied(`{"spec":{"ollama":{"models":["llama2:7b"]}}}`) },
			update: func(d *object) {
				setPort(d)
				d.ManagedFields = noted("kubectl-edit")
				d.Annotations = lastApplied(`{"metadata":{"uid":"1"},"spec":{"tabby":{"ollamaServicePort":11434}}}`)
			},
			check: func(t *testing.T, d *object) { assert.Equal(t, int32(80), *d.Spec.Tabby.OllamaServicePort) },
		},
		"the manifest before an edit counts": {
			stored: func(d *object) { d.Annotations = lastApplied(`{"spec":{"tabby":{"ollamaServicePort":11434}}}`) },
			update: func(d *object) {
				setPort(d)
				d.ManagedFields = noted("kubectl-edit")
				d.Annotations = lastApplied(`{"metadata":{"uid":"1"},"spec":{"tabby":{"ollamaServicePort":11434}}}`)
			},
			check: func(t *testing.T, d *object) { assert.Equal(t, int32(11434), *d.Spec.Tabby.OllamaServicePort) },
		},
		"a manifest that was read from the cluster counts": {
			update: func(d *object) {
				setPort(d)
				d.ManagedFields = noted("kubectl-client-side-apply")
				d.Annotations = lastApplied(`{"metadata":{"uid":"1"},"spec":{"tabby":{"ollamaServicePort":11434}}}`)
			},
			check: func(t *testing.T, d *object) { assert.Equal(t, int32(11434), *d.Spec.Tabby.OllamaServicePort) },
		},
		"a derived request gives way to a limit": {
			update: func(d *object) {
				d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"memory": resource.MustParse("4Gi")}
			},
			check: func(t *testing.T, d *object) { checkRequests(t, d, "") },
		},
		"it comes back when the limit goes": {
			stored: func(d *object) {
				d.Spec.Ollama.Resources = &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("4Gi")}}
			},
			update: func(d *object) { d.Spec.Ollama.Resources.Limits = nil },
			check:  func(t *testing.T, d *object) { checkRequests(t, d, "6Gi") },
		},
		"both give way": {
			update: func(d *object) {
				d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"cpu": resource.MustParse("4"), "memory": resource.MustParse("4Gi")}
			},
			check: func(t *testing.T, d *object) { assert.Nil(t, d.Spec.Ollama.Resources.Requests) },
		},
		"the port of another Ollama is its own": {
			update: func(d *object) { setPort(d); d.Spec.Tabby.OllamaServiceName = new("other") },
			check:  func(t *testing.T, d *object) { assert.Equal(t, int32(11434), *d.Spec.Tabby.OllamaServicePort) },
		},
		"the port follows to this object's own Ollama": {
			stored: func(d *object) {
				setPort(d)
				d.Spec.Tabby.OllamaServiceName, d.Spec.Tabby.OllamaServicePort = new("other"), nil
			},
			update: func(d *object) { d.Spec.Tabby.OllamaServiceName = new("stack-ollama") },
			check:  func(t *testing.T, d *object) { assert.Equal(t, int32(80), *d.Spec.Tabby.OllamaServicePort) },
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
				old.Default()
			}
			d := old.DeepCopy()
			tc.update(d)
			d.DefaultUpdate(old)
			tc.check(t, d)
			again := d.DeepCopy()
			again.DefaultUpdate(old)
			assert.Equal(t, d, again, "defaulting twice is defaulting once")
		})
	}
}

// What was stored before requests were derived key by key stays until its resources
// change: its pods must not restart because another field is edited.
func TestRequestsOfAnEarlierFormula(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		resources string
		update    func(*v1alpha1.ResourceRequirements)
		want      string
	}{
		"a limit alone stays":                               {`{limits: {cpu: "1"}}`, nil, `{"limits":{"cpu":"1"}}`},
		"storage alone stays":                               {`{requests: {storage: 1Gi}}`, nil, `{"requests":{"storage":"1Gi"}}`},
		"what it derived follows":                           {`{requests: {cpu: 500m, memory: 6Gi}}`, nil, `{"requests":{"cpu":"500m","memory":"10Gi"}}`},
		"what it derived gives way to a limit that changes": {`{requests: {cpu: 500m, memory: 6Gi}, limits: {memory: 8Gi}}`, func(r *v1alpha1.ResourceRequirements) { r.Limits["memory"] = resource.MustParse("4Gi") }, `{"requests":{"cpu":"500m"},"limits":{"memory":"4Gi"}}`},
		"what it derived stays beside a limit":              {`{requests: {cpu: 500m, memory: 6Gi}, limits: {memory: 8Gi}}`, nil, `{"requests":{"cpu":"500m","memory":"6Gi"},"limits":{"memory":"8Gi"}}`},
		"a change derives the rest":                         {`{limits: {cpu: "1"}}`, func(r *v1alpha1.ResourceRequirements) { r.Limits["cpu"] = resource.MustParse("2") }, `{"limits":{"cpu":"2"},"requests":{"memory":"10Gi"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, stack))
			old.Spec.Ollama.Resources = nil
			require.NoError(t, yaml.Unmarshal([]byte(tc.resources), &old.Spec.Ollama.Resources))
			assert.True(t, old.Defaulted())
			d := old.DeepCopy()
			d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "codellama:13b")
			if tc.update != nil {
				tc.update(d.Spec.Ollama.Resources)
			}
			d.DefaultUpdate(old)
			got, err := json.Marshal(d.Spec.Ollama.Resources)
			require.NoError(t, err)
			assert.JSONEq(t, tc.want, string(got))
		})
	}
}

// Whatever was stored before, an update to a manifest stores what creating it would.
func TestUpdateStoresWhatCreateStores(t *testing.T) {
	t.Parallel()
	manifests := []string{
		`{}`, `{requests: {storage: 1Gi}}`, `{limits: {memory: 4Gi}}`, `{limits: {cpu: "1", memory: 4Gi}}`,
		`{requests: {memory: 6Gi}}`, `{requests: {cpu: 500m}, limits: {nvidia.com/gpu: "1"}}`,
	}
	for _, before := range manifests {
		for _, after := range manifests {
			parse := func(resources string) *v1alpha1.OllamaDeployment {
				return fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], resources: `+resources+`}}}`)
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
	assert.False(t, unknown.TabbyUsesOwnOllama(), "no namespace is not that of the object")
}

func checkRequests(t *testing.T, d *v1alpha1.OllamaDeployment, memory string) {
	t.Helper()
	got := map[string]string{}
	for name, amount := range d.Spec.Ollama.Resources.Requests {
		got[string(name)] = amount.String()
	}
	want := map[string]string{"cpu": "500m", "memory": memory}
	maps.DeleteFunc(want, func(_, amount string) bool { return amount == "" })
	assert.Equal(t, want, got)
}

func managed(fields string) []metav1.ManagedFieldsEntry {
	return []metav1.ManagedFieldsEntry{{
		Manager: "kubectl", Operation: metav1.ManagedFieldsOperationUpdate, FieldsType: "FieldsV1",
		FieldsV1: metav1.NewFieldsV1(fields),
	}}
}

// noted is a manager that has written kubectl's annotation.
func noted(manager string) []metav1.ManagedFieldsEntry {
	entries := managed(`{"f:metadata":{"f:annotations":{"f:kubectl.kubernetes.io/last-applied-configuration":{}}}}`)
	entries[0].Manager = manager
	return entries
}

func lastApplied(manifest string) map[string]string {
	return map[string]string{corev1.LastAppliedConfigAnnotation: manifest}
}
