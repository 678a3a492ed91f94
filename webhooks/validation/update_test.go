// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// update validates the step from one spec to another.
func update(t *testing.T, from, to string) ([]string, field.ErrorList) {
	t.Helper()
	old := fixtures.Defaulted(fixtures.Parse(t, "{metadata: {name: stack}, spec: "+from+"}"))
	d := fixtures.Parse(t, "{metadata: {name: stack}, spec: "+to+"}")
	d.DefaultUpdate(old)
	warnings, errs := ValidateUpdate(d, old, nil, Options{})
	return warningTexts(warnings), errs
}

// warningTexts are the warnings as the API server passes them on.
func warningTexts(warnings []Warning) []string {
	var out []string
	for _, warning := range warnings {
		out = append(out, warning.String())
	}
	return out
}

// A name that an older operator admitted cannot be changed, so nobody is told.
func TestStoredNameIsNotLookedAt(t *testing.T) {
	t.Parallel()
	old := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	old.Name = "my.llm"
	d := old.DeepCopy()
	d.Spec.Ollama.Replicas = new(int32(2))
	warnings, errs := ValidateUpdate(d, old, nil, Options{})
	assert.Empty(t, warnings)
	assert.Empty(t, errs)
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	const stays = `spec.ollama.replicas: Forbidden: must stay 1 while the data are in the ReadWriteOnce claim "stack-ollama"; remove storage, or create an OllamaDeployment with another name and the desired replicas`
	for name, tc := range map[string]struct {
		from, to string
		capacity string
		errs     []string
	}{
		"back to the size that the claim has": {
			from:     `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
			to:       `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			capacity: "1Gi",
		},
		"below the size that the claim has": {
			from:     `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 3Gi}}}}`,
			to:       `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			capacity: "2Gi",
			errs:     []string{"spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow"},
		},
		"a claim that is larger than was asked for": {
			from:     `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
			to:       `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			capacity: "5Gi",
			errs:     []string{"spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow"},
		},
		"what never ran is turned on with other storage and replicas": {
			from: `{ollama: {models: ["llama2:7b"]}, openwebui: {resources: {requests: {storage: 2Gi}}}, tabby: {resources: {requests: {storage: 2Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}, tabby: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
		},
		"storage grows": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
		},
		"storage stays, written otherwise": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1024Mi}}}}`,
		},
		"storage shrinks": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}, openwebui: {enabled: true, resources: {limits: {storage: 2Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}, openwebui: {enabled: true, resources: {limits: {storage: 1Gi}}}}`,
			errs: []string{
				"spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow",
				"spec.openwebui.resources.requests[storage]: Forbidden: must not shrink below 2Gi, because a PersistentVolumeClaim can only grow",
			},
		},
		"storage goes": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}}`,
		},
		"replicas leave 1 with a claim": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
			errs: []string{stays},
		},
		"replicas leave 1 without one": {
			from: `{ollama: {models: ["llama2:7b"]}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 2}}`,
		},
		"replicas grow with a shared claim": {
			from: `{ollama: {models: ["llama2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 3, resources: {requests: {storage: 1Gi}}}}`,
		},
		"a component goes": {
			from: `{ollama: {models: ["llama2:7b"]}, tabby: {resources: {requests: {storage: 1Gi}}}}`,
			to:   `{ollama: {models: ["llama2:7b"]}}`,
		},
	} {
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

// Whatever is refused of a new object is tolerated of a stored one, wherever in its list
// it stands.
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

func TestWarnings(t *testing.T) {
	t.Parallel()
	const quiet = `models: ["llama2:7b"], imageTag: "1", resources: {limits: {memory: 8Gi}}`
	for name, tc := range map[string]struct {
		kind string
		spec string
		want []string
	}{
		"older deprecations": {
			kind: v1alpha1.KindAlias,
			spec: `{ollama: {` + quiet + `, serviceType: NodePort, servicePort: 80}, openwebui: {ingressEnabled: true, ingressHost: a.example.com}}`,
			want: []string{
				`kind: deprecated; use "OllamaDeployment" instead; also deprecated: ollama.serviceType, ollama.servicePort, openwebui.ingressEnabled, openwebui.ingressHost`,
				`spec.ollama.service.type: NodePort exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users`,
			},
		},
		"one deprecated field": {
			spec: `{ollama: {` + quiet + `, servicePort: 80}}`,
			want: []string{`spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`},
		},
		"nothing to say": {spec: `{ollama: {` + quiet + `}}`},
		"floating tags and no limit": {
			spec: `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true}}`,
			want: []string{
				`spec.ollama.imageTag: "latest" moves from release to release; name a version, so that every pod runs the same image`,
				`spec.ollama.resources.limits: no memory limit is set; a model can use all memory of the node`,
				`spec.openwebui.imageTag: "main" moves from release to release; name a version, so that every pod runs the same image`,
			},
		},
		"a limit below the largest model": {
			spec: `{ollama: {models: ["llama2:7b", "llama2:13b"], imageTag: "1", resources: {limits: {memory: 8Gi}}}}`,
			want: []string{`spec.ollama.resources.limits.memory: 8Gi is less than the 10Gi that llama2:13b needs; Ollama will fail to load it, or be killed`},
		},
		"a limit beside a GPU":         {spec: `{ollama: {models: ["llama2:70b"], imageTag: "1", resources: {limits: {memory: 8Gi, nvidia.com/gpu: 1}}}}`},
		"what is off is not spoken of": {spec: `{ollama: {` + quiet + `}, openwebui: {replicas: 2}, tabby: {replicas: 2}}`},
		"databases of their own": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: "1", replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
			want: []string{
				`spec.openwebui.replicas: 2 pods have 2 separate SQLite databases; users may see different data with every request`,
				`spec.openwebui.resources.requests.storage: 2 pods share one volume, which requires a StorageClass that supports ReadWriteMany`,
			},
		},
		"shared storage": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "1", replicas: 2, resources: {requests: {storage: 1Gi}, limits: {memory: 8Gi}}}}`,
			want: []string{`spec.ollama.resources.requests.storage: 2 pods share one volume, which requires a StorageClass that supports ReadWriteMany`},
		},
		"tabby's models": {
			spec: `{ollama: {` + quiet + `}, tabby: {enabled: true, imageTag: "1"}}`,
			want: []string{
				`spec.tabby.modelName: the fill-in-the-middle prompt of "llama2:7b" is not known; Tabby uses only the code before the cursor`,
				`spec.ollama.models: has no embedding model; Tabby uses llama2:7b for embeddings, which is slow; add one, for example "nomic-embed-text:latest"`,
			},
		},
		"Ollama in the open": {
			spec: `{ollama: {` + quiet + `, service: {type: LoadBalancer}}, openwebui: {enabled: true, imageTag: "1", service: {type: LoadBalancer}}}`,
			want: []string{`spec.ollama.service.type: LoadBalancer exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users`},
		},
		"models that are not where they seem": {
			spec: `{ollama: {imageTag: "1", resources: {limits: {memory: 8Gi}}, models: ["gpt-oss:120b-cloud", "glm-4.6:Cloud", "llama2:local", "clouds:7b"]}}`,
			want: []string{
				`spec.ollama.models[0]: "gpt-oss:120b-cloud" runs on ollama.com, not in the cluster: prompts are sent there, and every pod has to be signed in`,
				`spec.ollama.models[1]: "glm-4.6:Cloud" runs on ollama.com, not in the cluster: prompts are sent there, and every pod has to be signed in`,
				`spec.ollama.models[2]: Ollama interprets the tag "local" as the place where the model runs, and pulls "llama2:latest"; use "llama2:latest"`,
			},
		},
		"AMD's devices without ROCm": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "0.12.6", resources: {limits: {memory: 8Gi, amd.com/gpu: 1}}}, tabby: {enabled: true, modelName: "codellama:7b", ollamaServiceName: other, imageTag: "1", resources: {limits: {amd.com/gpu: 1}}}}`,
			want: []string{
				`spec.ollama.imageTag: amd.com/gpu is requested, but the name of the image "ollama/ollama:0.12.6" does not contain rocm, so it will probably not use the device; use the tag "0.12.6-rocm"`,
				`spec.tabby.imageTag: amd.com/gpu is requested, but the name of the image "tabbyml/tabby:1" does not contain rocm, so it will probably not use the device; leave the device to Ollama, or use the image "tabbyml/tabby-rocm"`,
			},
		},
		"AMD's devices with ROCm": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "0.12.6-rocm", resources: {limits: {memory: 8Gi, amd.com/gpu: 1}}}, tabby: {enabled: true, modelName: "codellama:7b", ollamaServiceName: other, image: tabbyml/tabby-rocm, imageTag: "1", resources: {limits: {amd.com/gpu: 1}}}}`,
		},
		"embedding models alone": {
			spec: `{ollama: {imageTag: "1", resources: {limits: {memory: 8Gi}}, models: ["nomic-embed-text:latest"]}, tabby: {enabled: true, imageTag: "1"}}`,
			want: []string{`spec.tabby.modelName: "nomic-embed-text:latest" is an embedding model, which cannot complete code; set a code model, for example "qwen2.5-coder:7b"`},
		},
		"a volume without a source": {
			spec: `{ollama: {` + quiet + `}, tabby: {enabled: true, imageTag: "1", modelName: "codellama:7b", ollamaServiceName: other, volumes: [{name: a}, {name: b, emptyDir: {}}]}}`,
			want: []string{`spec.tabby.volumes[0]: has no source, so it is an emptyDir, which is deleted with the pod; set emptyDir: {} if that is intended`},
		},
		"tabby elsewhere": {spec: `{ollama: {` + quiet + `}, tabby: {enabled: true, imageTag: "1", ollamaServiceName: other, modelName: "codellama:7b"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, "{kind: "+cmp.Or(tc.kind, v1alpha1.Kind)+", metadata: {name: stack}, spec: "+tc.spec+"}"))
			got, errs := ValidateCreate(d, nil, Options{})
			assert.Empty(t, errs)
			assert.Equal(t, tc.want, warningTexts(got))

			again := d.DeepCopy()
			again.Spec.Ollama.Models = append([]v1alpha1.OllamaModel(nil), d.Spec.Ollama.Models...)
			again.Annotations = map[string]string{"touched": "elsewhere"}
			silent, _ := ValidateUpdate(again, d, nil, Options{})
			assert.Empty(t, silent, "an update that touches nothing of it is silent")
		})
	}
}

func TestFloatingTags(t *testing.T) {
	t.Parallel()
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for image, tags := range map[string]map[string]bool{
		"ollama/ollama": {
			"latest": true, "rocm": true, "nightly": true, "dev": true, "cuda": true,
			"0.12.6": false, "0.12.6-rocm": false, "0.12.6-rc1": false, "latest" + digest: false, "rocm" + digest: false, "1": false,
		},
		"ghcr.io/open-webui/open-webui": {
			"main": true, "dev": true, "latest": true, "cuda": true, "main-cuda": true, "dev-ollama": true, "cuda126": true, "main-cuda126": true, "slim": true, "0.6": true, "v0.6-cuda": true,
			"v0.6.34": false, "0.6.34-cuda": false, "git-abcdef0": false, "git-abcdef0-cuda": false,
		},
		"tabbyml/tabby": {"latest": true, "nightly": true, "0.32.0": false, "20260101": false, "main-abcdef0": false},
	} {
		for tag, floats := range tags {
			spec := v1alpha1.OllamaDeploymentSpec{Ollama: v1alpha1.OllamaSpec{Image: &image, ImageTag: &tag}}
			assert.Equal(t, floats, len(imageWarnings(spec.Components()[0])) > 0, "%s:%s", image, tag)
		}
	}
}

// Of deprecated deprecations an update names those that it brings.
func TestDeprecationsOfAnUpdate(t *testing.T) {
	t.Parallel()
	old := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], servicePort: 80}, openwebui: {ingressHost: a.example.com}}}`))
	d := old.DeepCopy()
	d.Spec.OpenWebUI.ServicePort, d.Spec.OpenWebUI.Service.Port, d.Spec.OpenWebUI.IngressEnabled = new(int32(8080)), new(int32(8080)), new(false)
	d.Spec.Ollama.ServicePort = nil
	got, errs := ValidateUpdate(d, old, nil, Options{})
	assert.Empty(t, errs)
	assert.Equal(t, []string{`spec.openwebui.servicePort: deprecated; use "spec.openwebui.service.port" instead; also deprecated: openwebui.ingressEnabled`}, warningTexts(got))
}

func texts(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, err.Error())
	}
	return out
}
