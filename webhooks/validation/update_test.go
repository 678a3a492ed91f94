// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// update returns the warnings and errors of an update from one spec to another.
func update(t *testing.T, from, to string) ([]string, field.ErrorList) {
	t.Helper()
	old := fixtures.Defaulted(fixtures.Parse(t, "{metadata: {name: stack}, spec: "+from+"}"))
	d := fixtures.Parse(t, "{metadata: {name: stack}, spec: "+to+"}")
	d.DefaultUpdate(old)
	warnings, errs := ValidateUpdate(d, old, nil, Options{})
	return warningTexts(warnings), errs
}

// warningTexts returns the warnings as clients receive them.
func warningTexts(warnings []Warning) []string {
	var out []string
	for _, warning := range warnings {
		out = append(out, warning.String())
	}
	return out
}

// The name of a stored object is not validated, because it cannot change.
func TestStoredNameIsNotValidated(t *testing.T) {
	t.Parallel()
	old := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	old.Name = "my.llm"
	d := old.DeepCopy()
	d.Spec.Ollama.Replicas = new(int32(2))
	warnings, errs := ValidateUpdate(d, old, nil, Options{})
	assert.Empty(t, warnings)
	assert.Empty(t, errs)
}

// An updateCase is a row of the tests of update rules: the specs before and after an update, the
// capacity of Ollama's claim in the stored status, and the errors.
type updateCase struct {
	from, to string
	capacity string
	errs     []string
}

func testUpdate(t *testing.T, cases map[string]updateCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, "{metadata: {name: stack}, spec: "+tc.from+"}"))
			if tc.capacity != "" {
				old.Status.OllamaStatus = &v1alpha1.DeploymentComponentStatus{StorageCapacity: new(resource.MustParse(tc.capacity))}
			}
			d := fixtures.Parse(t, "{metadata: {name: stack}, spec: "+tc.to+"}")
			d.DefaultUpdate(old)
			_, errs := ValidateUpdate(d, old, nil, Options{})
			assert.Equal(t, tc.errs, texts(errs))
		})
	}
}

func TestStorageUpdates(t *testing.T) {
	t.Parallel()
	testUpdate(t, map[string]updateCase{
		"grows": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
		},
		"is the same quantity in another unit": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1024Mi}}}}`,
		},
		"shrinks": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}, openwebui: {enabled: true, resources: {limits: {storage: 2Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}, openwebui: {enabled: true, resources: {limits: {storage: 1Gi}}}}`,
			errs: []string{
				"spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow",
				"spec.openwebui.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow",
			},
		},
		"is removed": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}}`,
		},
		"is removed with its component": {
			from: `{ollama: {models: ["llama2:7b"]}, tabby: {resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}}`,
		},
	})
}

// A size that the claim never had can be reduced again.
func TestStorageUpdatesAndCapacity(t *testing.T) {
	t.Parallel()
	testUpdate(t, map[string]updateCase{
		"returns to the capacity": {
			from:     `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
			to:       `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			capacity: "1Gi",
		},
		"shrinks below the capacity": {
			from:     `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 3Gi}}}}`,
			to:       `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			capacity: "2Gi",
			errs:     []string{"spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow"},
		},
		"shrinks while the capacity is larger than the request": {
			from:     `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
			to:       `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			capacity: "5Gi",
			errs:     []string{"spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow"},
		},
	})
}

func TestReplicasUpdates(t *testing.T) {
	t.Parallel()
	const stays = `spec.ollama.replicas: Forbidden: must stay 1 while the data are in the ReadWriteOnce claim "stack-ollama"; remove storage, or create an OllamaDeployment with another name and the desired replicas`
	testUpdate(t, map[string]updateCase{
		"grow with a ReadWriteOnce claim": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
			errs: []string{stays},
		},
		"grow without a claim": {
			from: `{ollama: {models: ["llama2:7b"]}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2}}`,
		},
		"grow with a ReadWriteMany claim": {
			from: `{ollama: {models: ["llama2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 3, resources: {requests: {storage: 1Gi}}}}`,
		},
		"grow with a claim that is ReadWriteMany for one replica": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}, storage: {accessModes: [ReadWriteMany]}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}, storage: {accessModes: [ReadWriteMany]}}}`,
		},
		"grow with access modes that the claim does not have": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}, storage: {accessModes: [ReadWriteMany]}}}`,
			errs: []string{stays},
		},
		"grow with an existing claim": {
			from: `{ollama: {models: ["llama2:7b"], storage: {existingClaim: models}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2, storage: {existingClaim: models}}}`,
		},
		"change with the storage of components that were never enabled": {
			from: `{ollama: {models: ["llama2:7b"]}, openwebui: {resources: {requests: {storage: 2Gi}}}, tabby: {resources: {requests: {storage: 2Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}, tabby: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
		},
	})
}

// The class and the access modes of a claim cannot change.
func TestClaimUpdates(t *testing.T) {
	t.Parallel()
	const stored = `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}`
	testUpdate(t, map[string]updateCase{
		"keeps its settings": {
			from: stored + `, storage: {className: fast, accessModes: [ReadWriteOnce, ReadWriteMany]}}}`,
			to:   stored + `, storage: {className: fast, accessModes: [ReadWriteMany, ReadWriteOnce], retain: false}}}`,
		},
		"changes its class": {
			from: stored + `, storage: {className: fast}}}`, to: stored + `, storage: {className: slow}}}`,
			errs: []string{`spec.ollama.storage.className: Forbidden: must stay "fast" while the data are in the claim "stack-ollama", whose class cannot change; remove storage, or create an OllamaDeployment with another name`},
		},
		"loses its class": {
			from: stored + `, storage: {className: ""}}}`, to: stored + `}}`,
			errs: []string{`spec.ollama.storage.className: Forbidden: must stay "" while the data are in the claim "stack-ollama", whose class cannot change; remove storage, or create an OllamaDeployment with another name`},
		},
		"gets a class": {
			from: stored + `}}`, to: stored + `, storage: {className: fast}}}`, capacity: "1Gi",
			errs: []string{`spec.ollama.storage.className: Forbidden: must stay unset while the data are in the claim "stack-ollama", whose class cannot change; remove storage, or create an OllamaDeployment with another name`},
		},
		"gets a class while it has no volume": {
			from: stored + `}}`, to: stored + `, storage: {className: fast}}}`,
		},
		"gets other access modes": {
			from: stored + `}}`, to: stored + `, storage: {accessModes: [ReadWriteOncePod]}}}`,
			errs: []string{`spec.ollama.storage.accessModes: Forbidden: must stay unset while the data are in the claim "stack-ollama", whose access modes cannot change; remove storage, or create an OllamaDeployment with another name`},
		},
		"gets the access modes that it has": {
			from: stored + `, replicas: 2}}`, to: stored + `, replicas: 2, storage: {accessModes: [ReadWriteMany]}}}`,
		},
		"gets the access modes of several replicas after they became one": {
			from: stored + `, replicas: 1}}`, to: stored + `, replicas: 1, storage: {accessModes: [ReadWriteMany]}}}`,
		},
		"gets the access modes of one replica": {
			from: stored + `, replicas: 1}}`, to: stored + `, replicas: 1, storage: {accessModes: [ReadWriteOnce]}}}`,
		},
		"loses its access modes": {
			from: stored + `, storage: {accessModes: [ReadWriteMany]}}}`, to: stored + `}}`,
		},
		"changes its access modes": {
			from: stored + `, storage: {accessModes: [ReadWriteMany]}}}`, to: stored + `, storage: {accessModes: [ReadWriteOnce]}}}`,
			errs: []string{`spec.ollama.storage.accessModes: Forbidden: must stay ReadWriteMany while the data are in the claim "stack-ollama", whose access modes cannot change; remove storage, or create an OllamaDeployment with another name`},
		},
		"gets the access modes that it had, for one replica": {
			from: stored + `, replicas: 2}}`, to: stored + `, replicas: 1, storage: {accessModes: [ReadWriteMany]}}}`,
		},
		"is created with the settings": {
			from: `{ollama: {models: ["llama2:7b"]}}`, to: stored + `, storage: {className: fast, accessModes: [ReadWriteOncePod]}}}`,
		},
		"is replaced by an existing one": {
			from: stored + `, storage: {className: fast}}}`, to: `{ollama: {models: ["llama2:7b"], replicas: 2, storage: {existingClaim: models}}}`,
		},
		"replaces an existing one": {
			from: `{ollama: {models: ["llama2:7b"], storage: {existingClaim: models}}}`, to: stored + `, storage: {className: fast}}}`,
		},
		"is of a component that was disabled": {
			from: `{ollama: {models: ["llama2:7b"]}, tabby: {resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}, tabby: {enabled: true, resources: {requests: {storage: 1Gi}}, storage: {className: fast}}}`,
		},
	})
}

// Every error of a new object is tolerated if the stored object has it, even if the entry has moved in
// its list.
func TestEveryRuleTolerates(t *testing.T) {
	t.Parallel()
	for _, tc := range fixtures.Rules(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			opts := Options{AllowHostPath: tc.AllowHostPath}
			old := fixtures.Defaulted(fixtures.Parse(t, tc.Object("stack")))
			d := old.DeepCopy()
			if tabby := d.Spec.Tabby; tabby != nil && len(tabby.EnvVars) < 64 {
				tabby.EnvVars = append([]corev1.EnvVar{{Name: "NEW"}}, tabby.EnvVars...)
				tabby.Volumes = append([]corev1.Volume{{Name: "new"}}, tabby.Volumes...)
				tabby.VolumeMounts = append([]corev1.VolumeMount{{Name: "new", MountPath: "/new"}}, tabby.VolumeMounts...)
			}
			d.DefaultUpdate(old)
			_, errs := ValidateUpdate(d, old, nil, opts)
			assert.Empty(t, texts(errs))
		})
	}
}

func texts(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, err.Error())
	}
	return out
}
