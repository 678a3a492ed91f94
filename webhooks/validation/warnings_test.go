// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A warningCase is a row of the tests of warnings: a spec, its kind, OllamaDeployment by default, and
// the warnings of its creation.
type warningCase struct {
	kind string
	spec string
	want []string
}

// testWarnings also asserts that an update that changes nothing relevant has no warnings.
func testWarnings(t *testing.T, cases map[string]warningCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, "{kind: "+cmp.Or(tc.kind, v1alpha1.Kind)+", metadata: {name: stack}, spec: "+tc.spec+"}"))
			got, errs := ValidateCreate(d, nil, Options{})
			assert.Empty(t, errs)
			assert.Equal(t, tc.want, warningTexts(got))

			updated := d.DeepCopy()
			updated.Spec.Ollama.Models = append([]v1alpha1.OllamaModel(nil), d.Spec.Ollama.Models...)
			updated.Annotations = map[string]string{"touched": "elsewhere"}
			repeated, _ := ValidateUpdate(updated, d, nil, Options{})
			assert.Empty(t, repeated, "an update repeats warnings")
		})
	}
}

// quiet has the fields of Ollama of a spec without warnings.
const quiet = `models: ["llama2:7b"], imageTag: "1", resources: {limits: {memory: 8Gi}}`

func TestDeprecationWarnings(t *testing.T) {
	t.Parallel()
	testWarnings(t, map[string]warningCase{
		"deprecated kind with deprecated fields": {
			kind: v1alpha1.KindAlias,
			spec: `{ollama: {` + quiet + `, serviceType: NodePort, servicePort: 80}, openwebui: {ingressEnabled: true, ingressHost: a.example.com}}`,
			want: []string{
				`kind: deprecated; use "OllamaDeployment" instead; also deprecated: ollama.serviceType, ollama.servicePort, openwebui.ingressEnabled, openwebui.ingressHost`,
				`spec.ollama.service.type: NodePort exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users, or restrict who may connect by networkPolicy`,
			},
		},
		"deprecated field": {
			spec: `{ollama: {` + quiet + `, servicePort: 80}}`,
			want: []string{`spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`},
		},
	})
}

func TestImageAndMemoryWarnings(t *testing.T) {
	t.Parallel()
	testWarnings(t, map[string]warningCase{
		"no warnings":         {spec: `{ollama: {` + quiet + `}}`},
		"disabled components": {spec: `{ollama: {` + quiet + `}, openwebui: {replicas: 2}, tabby: {replicas: 2}}`},
		"floating tags and no limit": {
			spec: `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true}}`,
			want: []string{
				`spec.ollama.imageTag: "latest" moves from release to release; name a version, so that every pod runs the same image`,
				`spec.ollama.resources.limits: no memory limit is set; a model can use all memory of the node`,
				`spec.openwebui.imageTag: "main" moves from release to release; name a version, so that every pod runs the same image`,
			},
		},
		"registries of models": {
			spec: `{ollama: {` + quiet + `, source: {mirror: "mirror:5000", insecureRegistries: ["Mirror:5000"]}}}`,
		},
		"registries without models": {
			spec: `{ollama: {imageTag: "1", resources: {limits: {memory: 8Gi}}, models: ["hf.co/a/llama2:7b"], source: {mirror: mirror, insecureRegistries: [hf.com]}}}`,
			want: []string{
				`spec.ollama.source.mirror: has no effect: the names of all models have another registry`,
				`spec.ollama.source.insecureRegistries[0]: has no effect: no model is pulled from "hf.com"`,
			},
		},
		"limit below the memory of the largest model": {
			spec: `{ollama: {models: ["llama2:7b", "llama2:13b"], imageTag: "1", resources: {limits: {memory: 8Gi}}}}`,
			want: []string{`spec.ollama.resources.limits.memory: 8Gi is less than the 10Gi that llama2:13b needs; Ollama will fail to load it, or be killed`},
		},
		"limit below the memory of a long context": {
			spec: `{ollama: {` + quiet + `, settings: {contextLength: 8192, parallel: 4}}}`,
			want: []string{`spec.ollama.resources.limits.memory: 8Gi is less than the 21Gi that llama2:7b needs; Ollama will fail to load it, or be killed`},
		},
		"limit for a short context": {spec: `{ollama: {` + quiet + `, settings: {contextLength: 2048, parallel: 2}}}`},
		"limit below the memory of two models": {
			spec: `{ollama: {models: ["llama2:7b", "llama3.1:8b", "all-minilm:22m"], imageTag: "1", resources: {limits: {memory: 8Gi}}, settings: {maxLoadedModels: 2}}}`,
			want: []string{`spec.ollama.resources.limits.memory: 8Gi is less than the 11Gi that 2 loaded models need (settings.maxLoadedModels); Ollama will fail to load them, or be killed`},
		},
		"limit below the memory of fewer models than may be loaded": {
			spec: `{ollama: {models: ["llama2:7b", "llama3.1:8b", "own:latest"], imageTag: "1", resources: {limits: {memory: 8Gi}}, settings: {maxLoadedModels: 5}}}`,
			want: []string{`spec.ollama.resources.limits.memory: 8Gi is less than the 11Gi that 2 loaded models need (settings.maxLoadedModels); Ollama will fail to load them, or be killed`},
		},
		"quantized cache": {
			spec: `{ollama: {` + quiet + `, settings: {kvCacheType: q8_0}}}`,
			want: []string{`spec.ollama.settings.kvCacheType: Ollama ignores q8_0 for models that it does not use flash attention for; set flashAttention: true`},
		},
		"quantized cache with flash attention": {spec: `{ollama: {` + quiet + `, settings: {kvCacheType: q8_0, flashAttention: true}}}`},
		"low limit with a GPU":                 {spec: `{ollama: {models: ["llama2:70b"], imageTag: "1", resources: {limits: {memory: 8Gi, nvidia.com/gpu: 1}}}}`},
		"AMD GPU without ROCm": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "0.12.6", resources: {limits: {memory: 8Gi, amd.com/gpu: 1}}}, tabby: {enabled: true, modelName: "codellama:7b", ollamaServiceName: other, imageTag: "1", resources: {limits: {amd.com/gpu: 1}}}}`,
			want: []string{
				`spec.ollama.imageTag: amd.com/gpu is requested, but the name of the image "ollama/ollama:0.12.6" does not contain rocm, so it will probably not use the device; use the tag "0.12.6-rocm"`,
				`spec.tabby.imageTag: amd.com/gpu is requested, but the name of the image "tabbyml/tabby:1" does not contain rocm, so it will probably not use the device; leave the device to Ollama, or use the image "tabbyml/tabby-rocm"`,
			},
		},
		"part of an NVIDIA GPU": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "1", resources: {limits: {memory: 8Gi, nvidia.com/mig-1g.5gb: 1}}}}`,
			want: []string{`spec.ollama.resources.limits[nvidia.com/mig-1g.5gb]: nodes with NVIDIA devices often have the taint "nvidia.com/gpu", and only "nvidia.com/mig-1g.5gb" is tolerated; add the other one to pod.tolerations if yours do`},
		},
		"part of an NVIDIA GPU with a toleration": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "1", resources: {limits: {memory: 8Gi, nvidia.com/mig-1g.5gb: 1}}, pod: {tolerations: [{key: nvidia.com/gpu, operator: Exists}]}}}`,
		},
		"AMD GPU with ROCm": {
			spec: `{ollama: {models: ["llama2:7b"], imageTag: "0.12.6-rocm", resources: {limits: {memory: 8Gi, amd.com/gpu: 1}}}, tabby: {enabled: true, modelName: "codellama:7b", ollamaServiceName: other, image: tabbyml/tabby-rocm, imageTag: "1", resources: {limits: {amd.com/gpu: 1}}}}`,
		},
	})
}

func TestOpenWebUIWarnings(t *testing.T) {
	t.Parallel()
	const (
		database = `database: {urlSecretRef: {name: a}}`
		redis    = `redis: {urlSecretRef: {name: a}}`
		chroma   = `spec.openwebui.envVars: the vectors of documents are in a ChromaDB in the data, which is for one pod; set VECTOR_DB, for example to "pgvector"`
		uploads  = `spec.openwebui.storage: uploaded files are in one pod, and lost with it; set a size with ReadWriteMany, or STORAGE_PROVIDER in envVars`
	)
	many := func(more string) string {
		return `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: v0.11.0, replicas: 3, ` + more + `}}`
	}
	testWarnings(t, map[string]warningCase{
		"several pods with nothing but a database": {
			spec: many(database),
			want: []string{`spec.openwebui.replicas: 3 pods do not share sessions and websockets; set redis.urlSecretRef`, chroma, uploads},
		},
		"all by fields and variables": {
			spec: many(database + `, ` + redis + `, envVars: [{name: VECTOR_DB, value: pgvector}, {name: STORAGE_PROVIDER, value: s3}]`),
		},
		"all by variables": {
			spec: many(database + `, envVars: [{name: REDIS_URL, value: a}, {name: CHROMA_HTTP_HOST, value: a}, {name: STORAGE_PROVIDER, value: s3}]`),
		},
		"variables that are not known": {spec: many(database + `, envFrom: [{secretRef: {name: a}}]`)},
		"shared volume": {
			spec: many(database + `, ` + redis + `, resources: {requests: {storage: 1Gi}}`),
			want: []string{chroma, `spec.openwebui.resources.requests.storage: 3 pods share one volume, which requires a StorageClass that supports ReadWriteMany`},
		},
		"Redis without a database": {
			spec: many(redis),
			want: []string{`spec.openwebui.replicas: 3 pods have 3 separate SQLite databases; users may see different data with every request`},
		},
		"one pod": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: v0.11.0, ` + database + `}}`,
		},
		"one pod with Redis alone": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: v0.11.0, ` + redis + `}}`,
		},
		"existing claim of one pod": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: v0.11.0, ` + database + `, storage: {existingClaim: a}}}`,
		},
		"one pod that shares its volume with the next": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: v0.11.0, ` + database + `, resources: {requests: {storage: 1Gi}}, storage: {accessModes: [ReadWriteMany]}}}`,
			want: []string{chroma},
		},
		"moving tag with a database": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, ` + database + `}}`,
			want: []string{`spec.openwebui.imageTag: "main" moves from release to release; pods may run different versions at the same time, one of which migrates the database of the others; name a version`},
		},
		"digest with a database": {
			spec: `{ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: "main@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", ` + database + `}}`,
		},
		"embedding model": {
			spec: `{ollama: {models: ["nomic-embed-text:latest"], imageTag: "1", resources: {limits: {memory: 8Gi}}}, openwebui: {enabled: true, imageTag: v0.11.0, defaultModel: "nomic-embed-text:latest"}}`,
			want: []string{`spec.openwebui.defaultModel: "nomic-embed-text:latest" is an embedding model, which cannot chat`},
		},
	})
}

func TestStorageAndServiceWarnings(t *testing.T) {
	t.Parallel()
	testWarnings(t, map[string]warningCase{
		"replicas with separate databases": {
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
		"shared existing claim": {
			spec: `{ollama: {` + quiet + `, replicas: 2, storage: {existingClaim: models}}}`,
			want: []string{`spec.ollama.storage.existingClaim: 2 pods share the claim, which has to be ReadWriteMany`},
		},
		"existing claim of one replica": {
			spec: `{ollama: {` + quiet + `, storage: {existingClaim: models}}}`,
		},
		"settings of storage without a claim": {
			spec: `{ollama: {` + quiet + `, storage: {className: fast}}, openwebui: {enabled: true, imageTag: "1", storage: {retain: false}}}`,
			want: []string{
				`spec.ollama.storage: has no effect without resources.requests.storage or existingClaim`,
				`spec.openwebui.storage: has no effect without resources.requests.storage or existingClaim`,
			},
		},
		"settings of storage of a disabled component": {
			spec: `{ollama: {` + quiet + `}, openwebui: {storage: {className: fast}}}`,
		},
		"pods that do not run as root": {
			spec: `{ollama: {` + quiet + `, pod: {securityContext: {runAsUser: 1000}}}, openwebui: {enabled: true, imageTag: "1", pod: {securityContext: {runAsNonRoot: true}}}}`,
			want: []string{
				`spec.ollama.pod.securityContext.runAsUser: the image runs as root, and its data are where another user cannot write; use spec.security.profile: Restricted, which moves them, unless you have another image`,
				`spec.openwebui.pod.securityContext.runAsNonRoot: the image runs as root, and its data are where another user cannot write; use spec.security.profile: Restricted, which moves them, unless you have another image`,
			},
		},
		"pods that do not run as root, and are made for that": {
			spec: `{security: {profile: Restricted}, ollama: {` + quiet + `, pod: {securityContext: {runAsUser: 1000}}}}`,
		},
		"pods that run as root": {
			spec: `{ollama: {` + quiet + `, pod: {securityContext: {runAsUser: 0, runAsNonRoot: false, fsGroup: 1000}}}}`,
		},
		"a claimed device": {
			spec: `{ollama: {models: ["llama2:70b"], imageTag: "1", resources: {limits: {memory: 8Gi}}, pod: {resourceClaims: [{name: gpu, resourceClaimName: gpu}]}}}`,
		},
		"volume without a source": {
			spec: `{ollama: {` + quiet + `}, tabby: {enabled: true, imageTag: "1", modelName: "codellama:7b", ollamaServiceName: other, volumes: [{name: a}, {name: b, emptyDir: {}}]}}`,
			want: []string{`spec.tabby.volumes[0]: has no source, so it is an emptyDir, which is deleted with the pod; set emptyDir: {} if that is intended`},
		},
		"Ollama behind a load balancer": {
			spec: `{ollama: {` + quiet + `, service: {type: LoadBalancer}}, openwebui: {enabled: true, imageTag: "1", service: {type: LoadBalancer}}}`,
			want: []string{`spec.ollama.service.type: LoadBalancer exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users, or restrict who may connect by networkPolicy`},
		},
		"Ollama behind a load balancer for some networks": {
			spec: `{ollama: {` + quiet + `, service: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]}}}`,
		},
		"Ollama behind a load balancer for all networks": {
			spec: `{ollama: {` + quiet + `, service: {type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/0]}}}`,
			want: []string{`spec.ollama.service.type: LoadBalancer exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users, or restrict who may connect by networkPolicy`},
		},
		"Ollama on node ports behind network policies": {
			spec: `{networkPolicy: {enabled: true, allowFrom: [{podSelector: {}}]}, ollama: {` + quiet + `, service: {type: NodePort}}}`,
		},
		"Ollama on node ports, and network policies that are off": {
			spec: `{networkPolicy: {allowFrom: [{podSelector: {}}]}, ollama: {` + quiet + `, service: {type: NodePort}}}`,
			want: []string{`spec.ollama.service.type: NodePort exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users, or restrict who may connect by networkPolicy`},
		},
		"network policies that let nobody reach what is exposed": {
			spec: `{networkPolicy: {enabled: true}, ollama: {` + quiet + `, service: {type: NodePort}}, openwebui: {enabled: true, imageTag: "1", service: {type: LoadBalancer}, ingress: {enabled: true, host: chat.example.com}},
				tabby: {enabled: true, imageTag: "1", modelName: "codellama:7b", ollamaServiceName: other, service: {type: LoadBalancer}}}`,
			want: []string{
				`spec.networkPolicy.allowFrom: is empty, so nobody reaches ollama by its NodePort; name who may connect, for example the namespace of the ingress controller`,
				`spec.networkPolicy.allowFrom: is empty, so nobody reaches openwebui by its ingress; name who may connect, for example the namespace of the ingress controller`,
				`spec.networkPolicy.allowFrom: is empty, so nobody reaches tabby by its LoadBalancer; name who may connect, for example the namespace of the ingress controller`,
			},
		},
		"network policies of what nobody exposes": {
			spec: `{networkPolicy: {enabled: true}, ollama: {` + quiet + `}, openwebui: {enabled: true, imageTag: "1", ingress: {host: chat.example.com}, route: {parentRefs: [{name: a}]}}, tabby: {service: {type: LoadBalancer}}}`,
		},
	})
}

func TestModelWarnings(t *testing.T) {
	t.Parallel()
	testWarnings(t, map[string]warningCase{
		"cloud models and a local tag": {
			spec: `{ollama: {imageTag: "1", resources: {limits: {memory: 8Gi}}, models: ["gpt-oss:120b-cloud", "glm-4.6:Cloud", "llama2:local", "clouds:7b"]}}`,
			want: []string{
				`spec.ollama.models[0]: "gpt-oss:120b-cloud" runs on ollama.com, not in the cluster: prompts are sent there, and every pod has to be signed in`,
				`spec.ollama.models[1]: "glm-4.6:Cloud" runs on ollama.com, not in the cluster: prompts are sent there, and every pod has to be signed in`,
				`spec.ollama.models[2]: Ollama interprets the tag "local" as the place where the model runs, and pulls "llama2:latest"; use "llama2:latest"`,
			},
		},
		"no code model and no embedding model": {
			spec: `{ollama: {` + quiet + `}, tabby: {enabled: true, imageTag: "1"}}`,
			want: []string{
				`spec.tabby.modelName: the fill-in-the-middle prompt of "llama2:7b" is not known; Tabby uses only the code before the cursor`,
				`spec.ollama.models: has no embedding model; Tabby uses llama2:7b for embeddings, which is slow; add one, for example "nomic-embed-text:latest"`,
			},
		},
		"only embedding models": {
			spec: `{ollama: {imageTag: "1", resources: {limits: {memory: 8Gi}}, models: ["nomic-embed-text:latest"]}, tabby: {enabled: true, imageTag: "1"}}`,
			want: []string{`spec.tabby.modelName: "nomic-embed-text:latest" is an embedding model, which cannot complete code; set a code model, for example "qwen2.5-coder:7b"`},
		},
		"another Ollama": {spec: `{ollama: {` + quiet + `}, tabby: {enabled: true, imageTag: "1", ollamaServiceName: other, modelName: "codellama:7b"}}`},
	})
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

// An update warns about the deprecated fields that it adds only.
func TestDeprecationWarningsOfUpdates(t *testing.T) {
	t.Parallel()
	old := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], servicePort: 80}, openwebui: {ingressHost: a.example.com}}}`))
	d := old.DeepCopy()
	d.Spec.OpenWebUI.ServicePort, d.Spec.OpenWebUI.Service.Port, d.Spec.OpenWebUI.IngressEnabled = new(int32(8080)), new(int32(8080)), new(false)
	d.Spec.Ollama.ServicePort = nil
	got, errs := ValidateUpdate(d, old, nil, Options{})
	assert.Empty(t, errs)
	assert.Equal(t, []string{`spec.openwebui.servicePort: deprecated; use "spec.openwebui.service.port" instead; also deprecated: openwebui.ingressEnabled`}, warningTexts(got))
}

func TestEveryComponentHasWarnings(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, v1alpha1.ComponentNames(), slices.Collect(maps.Keys(componentWarnings)))
}

// A limit is not compared with the memory of models whose sizes are not known, but with that of their weights.
func TestMemoryWarnings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		limit   string
		weights map[ollama.ModelName]int64
		want    []string
	}{
		"unknown sizes": {"512Mi", nil, nil},
		"weights of one": {
			"2Gi",
			map[ollama.ModelName]int64{"a:latest": 2 << 30},
			[]string{"spec.ollama.resources.limits.memory: 2Gi is less than the 3Gi that a:latest needs; Ollama will fail to load it, or be killed"},
		},
		"weights of both": {
			"4Gi",
			map[ollama.ModelName]int64{"a:latest": 2 << 30, "b:latest": 2 << 30},
			[]string{"spec.ollama.resources.limits.memory: 4Gi is less than the 6Gi that 2 loaded models need (settings.maxLoadedModels); Ollama will fail to load them, or be killed"},
		},
		"enough": {"6Gi", map[ollama.ModelName]int64{"a:latest": 2 << 30, "b:latest": 2 << 30}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Parse(t, "spec: {ollama: {models: [a:latest, b:latest], settings: {maxLoadedModels: 2}, resources: {limits: {memory: "+tc.limit+"}}}}")
			assert.Equal(t, tc.want, warningTexts(MemoryWarnings(&d.Spec.Ollama, tc.weights)))
		})
	}
}
