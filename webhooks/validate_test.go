package webhooks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A ruleCase is one row of the rules that a single object can break: a patch of
// the object below, and the exact errors that follow, none meaning accepted.
type ruleCase struct {
	spec string
	opts Options
	errs []string
}

const image = `must be an image name such as "ollama/ollama" or "registry.example.com/ollama/ollama"`

const (
	modelGrammar = "must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'"
	tagGrammar   = `must be a tag such as "0.12.6", or "0.12.6@sha256:..." with 64 hexadecimal digits`
	hostGrammar  = `must be a DNS name such as "chat.example.com", or "*.example.com"`
	resourceName = "must be cpu, memory, storage, ephemeral-storage, hugepages-<size> or an extended resource such as nvidia.com/gpu"
	serviceName  = `must be the name of a Service, "name" or "name.namespace", without scheme and port (that is ollamaServicePort)`
	digest       = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

var ruleCases = map[string]ruleCase{
	"replicas at their bounds": {spec: `
ollama: {models: ["llama2:7b"], replicas: 10}
openwebui: {replicas: 5}
tabby: {replicas: 5}`},
	"replicas below their bounds": {spec: `
ollama: {models: ["llama2:7b"], replicas: 0}
openwebui: {replicas: 0}
tabby: {replicas: -1}`, errs: []string{
		"spec.ollama.replicas: Invalid value: 0: must be at least 1",
		"spec.openwebui.replicas: Invalid value: 0: must be at least 1",
		"spec.tabby.replicas: Invalid value: -1: must be at least 1",
	}},
	"replicas above their bounds": {spec: `
ollama: {models: ["llama2:7b"], replicas: 11}
openwebui: {replicas: 6}
tabby: {replicas: 6}`, errs: []string{
		"spec.ollama.replicas: Invalid value: 11: must be at most 10",
		"spec.openwebui.replicas: Invalid value: 6: must be at most 5",
		"spec.tabby.replicas: Invalid value: 6: must be at most 5",
	}},

	"ports at their bounds": {spec: `
ollama: {models: ["llama2:7b"], service: {port: 1}}
openwebui: {service: {port: 65535}}
tabby: {ollamaServicePort: 65535}`},
	"ports out of their bounds": {spec: `
ollama: {models: ["llama2:7b"], service: {port: 0}}
openwebui: {service: {port: 65536}}
tabby: {service: {port: -1}, ollamaServicePort: 70000}`, errs: []string{
		"spec.ollama.service.port: Invalid value: 0: must be at least 1",
		"spec.openwebui.service.port: Invalid value: 65536: must be at most 65535",
		"spec.tabby.service.port: Invalid value: -1: must be at least 1",
		"spec.tabby.ollamaServicePort: Invalid value: 70000: must be at most 65535",
	}},
	"a derived port does not repeat the mistake": {spec: `
ollama: {models: ["llama2:7b"], service: {port: 0}}
tabby: {}`, errs: []string{
		"spec.ollama.service.port: Invalid value: 0: must be at least 1",
	}},

	"service types": {spec: `
ollama: {models: ["llama2:7b"], service: {type: NodePort}}
openwebui: {service: {type: LoadBalancer}}
tabby: {service: {type: ClusterIP}}`},
	"service types that are none": {spec: `
ollama: {models: ["llama2:7b"], service: {type: Nope}}
openwebui: {service: {type: loadbalancer}}
tabby: {service: {type: NodePorts}}`, errs: []string{
		`spec.ollama.service.type: Unsupported value: "Nope": supported values: "ClusterIP", "NodePort", "LoadBalancer"`,
		`spec.openwebui.service.type: Unsupported value: "loadbalancer": supported values: "ClusterIP", "NodePort", "LoadBalancer"; did you mean "LoadBalancer"?`,
		`spec.tabby.service.type: Unsupported value: "NodePorts": supported values: "ClusterIP", "NodePort", "LoadBalancer"; did you mean "NodePort"?`,
	}},

	"models": {spec: `
ollama: {models: ["llama2:7b", "me/llama2:7b", "localhost:5000/me/llama2:7b"]}`},
	"no models": {spec: `
ollama: {models: []}`, errs: []string{
		"spec.ollama.models: Required value: must have at least 1 entry",
	}},
	"models absent": {spec: `
ollama: {}`, errs: []string{
		"spec.ollama.models: Required value: must be set",
	}},
	"models that are none": {spec: `
ollama:
  models: [llama2, "a b:c", "x; rm -rf /:1", "", "https://ollama.com/library/llama2:7b", " llama2:7b", "myhost:5000/llama2:7b", "llama2@sha256:x", "a.b/c"]`, errs: []string{
		`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`,
		`spec.ollama.models[1]: Invalid value: "a b:c": ` + modelGrammar,
		`spec.ollama.models[2]: Invalid value: "x; rm -rf /:1": ` + modelGrammar,
		`spec.ollama.models[3]: Invalid value: "": must not be empty; write it as "model:tag", for example "llama2:7b"`,
		`spec.ollama.models[4]: Invalid value: "https://ollama.com/library/llama2:7b": ` + modelGrammar + `; did you mean "ollama.com/library/llama2:7b"?`,
		`spec.ollama.models[5]: Invalid value: " llama2:7b": ` + modelGrammar + `; did you mean "llama2:7b"?`,
		`spec.ollama.models[6]: Invalid value: "myhost:5000/llama2:7b": has a host but no namespace; write it as "host/namespace/model:tag"; did you mean "myhost:5000/library/llama2:7b"?`,
		`spec.ollama.models[7]: Invalid value: "llama2@sha256:x": ` + modelGrammar + `; a digest is not possible`,
		`spec.ollama.models[8]: Invalid value: "a.b/c": has a host but no namespace; write it as "host/namespace/model:tag"`,
	}},
	"models twice": {spec: `
ollama: {models: ["llama2:7b", "mistral:7b", "library/llama2:7b", "Llama2:7B"]}`, errs: []string{
		`spec.ollama.models[2]: Duplicate value: "library/llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[0]`,
		`spec.ollama.models[3]: Duplicate value: "Llama2:7B": is the same model as "llama2:7b" in spec.ollama.models[0]`,
	}},

	"images": {spec: `
ollama: {models: ["llama2:7b"], image: "localhost:5000/ollama", imageTag: "0.12.6-rocm@sha256:` + digest + `"}
openwebui: {image: "registry.example.com/a/b/c", imageTag: v1}
tabby: {image: tabby}`},
	"images with a tag or digest": {spec: `
ollama: {models: ["llama2:7b"], image: "ollama/ollama:0.12"}
openwebui: {image: "localhost:5000/a:1@sha256:` + digest + `"}
tabby: {image: "tabby@sha256:` + digest + `"}`, errs: []string{
		`spec.ollama.image: Invalid value: "ollama/ollama:0.12": must not have a tag or digest; set image: "ollama/ollama" and imageTag: "0.12"`,
		`spec.openwebui.image: Invalid value: "localhost:5000/a:1@sha256:` + digest + `": must not have a tag or digest; set image: "localhost:5000/a" and imageTag: "1@sha256:` + digest + `"`,
		`spec.tabby.image: Invalid value: "tabby@sha256:` + digest + `": must not have a tag or digest; set image: "tabby" and imageTag: "latest@sha256:` + digest + `"`,
	}},
	"images that are none": {spec: `
ollama: {models: ["llama2:7b"], image: "https://ghcr.io/ollama"}
openwebui: {image: Open-WebUI}
tabby: {image: "a b"}`, errs: []string{
		`spec.ollama.image: Invalid value: "https://ghcr.io/ollama": must not have a scheme; did you mean "ghcr.io/ollama"?`,
		`spec.openwebui.image: Invalid value: "Open-WebUI": must be in lower case; did you mean "open-webui"?`,
		`spec.tabby.image: Invalid value: "a b": ` + image,
	}},
	"an empty image and a long one": {spec: `
ollama: {models: ["llama2:7b"], image: ""}
tabby: {image: ` + strings.Repeat("a", 256) + `}`, errs: []string{
		`spec.ollama.image: Invalid value: "": must not be empty; leave it out for the default`,
		`spec.tabby.image: Invalid value: "` + strings.Repeat("a", 256) + `": must have at most 255 characters`,
	}},
	"image tags that are none": {spec: `
ollama: {models: ["llama2:7b"], imageTag: ":0.12"}
openwebui: {imageTag: "sha256:` + digest + `"}
tabby: {imageTag: "tabbyml/tabby:1"}`, errs: []string{
		`spec.ollama.imageTag: Invalid value: ":0.12": ` + tagGrammar + `; did you mean "0.12"?`,
		`spec.openwebui.imageTag: Invalid value: "sha256:` + digest + `": ` + tagGrammar + `; did you mean "latest@sha256:` + digest + `"?`,
		`spec.tabby.imageTag: Invalid value: "tabbyml/tabby:1": ` + tagGrammar + `; an image name belongs into image`,
	}},
	"an empty image tag": {spec: `
ollama: {models: ["llama2:7b"], imageTag: ""}`, errs: []string{
		`spec.ollama.imageTag: Invalid value: "": must not be empty; leave it out for the default`,
	}},

	"ingress": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {enabled: true, host: chat.example.com, className: nginx, annotations: {a.b/c: "1"}, tls: {hosts: ["*.example.com"], secretName: tls}}}
tabby: {ingress: {enabled: true, host: "*.example.com", tls: {}}}`},
	"ingress that is off needs no host": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {}}
tabby: {ingress: {enabled: false}}`},
	"ingress without host": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {enabled: true}}
tabby: {ingress: {enabled: true, host: ""}}`, errs: []string{
		`spec.openwebui.ingress.host: Required value: must be set when the ingress is enabled, for example "chat.example.com"`,
		`spec.tabby.ingress.host: Required value: must be set when the ingress is enabled, for example "chat.example.com"`,
	}},
	"ingress host that is a URL": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {host: "http://Chat.example.com:8080/path"}}
tabby: {ingress: {host: TABBY.example.com}}`, errs: []string{
		`spec.openwebui.ingress.host: Invalid value: "http://Chat.example.com:8080/path": ` + hostGrammar + `; did you mean "chat.example.com"?`,
		`spec.tabby.ingress.host: Invalid value: "TABBY.example.com": ` + hostGrammar + `; did you mean "tabby.example.com"?`,
	}},
	"ingress host that is none": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {host: "10.0.0.1"}}
tabby: {ingress: {host: "a.*.example.com"}}`, errs: []string{
		`spec.openwebui.ingress.host: Invalid value: "10.0.0.1": ` + hostGrammar + `; an IP address is not possible`,
		`spec.tabby.ingress.host: Invalid value: "a.*.example.com": ` + hostGrammar,
	}},
	"ingress tls that does not cover the host": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {host: a.b.example.com, tls: {hosts: ["*.example.com", "10.0.0.1"], secretName: "-"}}}`, errs: []string{
		`spec.openwebui.ingress.tls.hosts[1]: Invalid value: "10.0.0.1": ` + hostGrammar + `; an IP address is not possible`,
		`spec.openwebui.ingress.tls.hosts: Invalid value: ["*.example.com","10.0.0.1"]: must cover the host a.b.example.com, itself or by a wildcard of one label`,
		`spec.openwebui.ingress.tls.secretName: Invalid value: "-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
	}},
	"ingress class and annotations": {spec: `
ollama: {models: ["llama2:7b"]}
openwebui: {ingress: {className: "", annotations: {"a b": "1"}}}`, errs: []string{
		`spec.openwebui.ingress.className: Invalid value: "": must not be empty; leave it out for the default`,
		`spec.openwebui.ingress.annotations: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
	}},

	"resources": {spec: `
ollama:
  models: ["llama2:7b"]
  resources:
    requests: {cpu: 500m, memory: 1Gi, storage: 1Gi, ephemeral-storage: 1Gi, hugepages-2Mi: 4Mi, nvidia.com/gpu: 1}
    limits: {cpu: 1, hugepages-2Mi: 4Mi, nvidia.com/gpu: 1, amd.com/gpu: 2}`},
	"resource names": {spec: `
ollama: {models: ["llama2:7b"], resources: {requests: {mem: 1Gi, CPU: 1, gpu: 1}}}
openwebui: {resources: {limits: {storag: 1Gi, foo: 1}}}
tabby: {resources: {limits: {hugepages-3Mi: 1, kubernetes.io/x: 1}}}`, errs: []string{
		`spec.ollama.resources.requests[CPU]: Invalid value: "CPU": ` + resourceName + `; did you mean "cpu"?`,
		`spec.ollama.resources.requests[gpu]: Invalid value: "gpu": ` + resourceName + `; did you mean "nvidia.com/gpu"?`,
		`spec.ollama.resources.requests[mem]: Invalid value: "mem": ` + resourceName + `; did you mean "memory"?`,
		`spec.openwebui.resources.limits[foo]: Invalid value: "foo": ` + resourceName,
		`spec.openwebui.resources.limits[storag]: Invalid value: "storag": ` + resourceName + `; did you mean "storage"?`,
		`spec.tabby.resources.limits[hugepages-3Mi]: Invalid value: "hugepages-3Mi": must name a page size, a power of two such as "hugepages-2Mi"`,
		`spec.tabby.resources.limits[kubernetes.io/x]: Invalid value: "kubernetes.io/x": ` + resourceName,
	}},
	"resource amounts": {spec: `
ollama: {models: ["llama2:7b"], resources: {requests: {cpu: -1, memory: 0}}}
openwebui: {resources: {limits: {hugepages-2Mi: 3Mi}}}
tabby: {resources: {limits: {nvidia.com/gpu: 500m}}}`, errs: []string{
		`spec.ollama.resources.requests[cpu]: Invalid value: "-1": must be greater than 0`,
		`spec.ollama.resources.requests[memory]: Invalid value: "0": must be greater than 0`,
		`spec.openwebui.resources.limits[hugepages-2Mi]: Invalid value: "3Mi": must be a multiple of the page size 2Mi`,
		`spec.tabby.resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be a whole number`,
	}},
	"requests above limits": {spec: `
ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2, storage: 2Gi}, limits: {cpu: 1, storage: 1Gi}}}
openwebui: {resources: {requests: {nvidia.com/gpu: 1}}}
tabby: {resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}}`, errs: []string{
		`spec.ollama.resources.requests[cpu]: Invalid value: "2": must be at most the limit of 1`,
		`spec.ollama.resources.requests[storage]: Invalid value: "2Gi": must be at most the limit of 1Gi`,
		`spec.openwebui.resources.limits[nvidia.com/gpu]: Required value: must be set, because nvidia.com/gpu cannot be requested without a limit`,
		`spec.tabby.resources.requests[nvidia.com/gpu]: Invalid value: "1": must equal the limit of 2`,
	}},

	"tabby's model": {spec: `
ollama: {models: ["llama2:7b"]}
tabby: {modelName: "library/llama2:7b"}`},
	"tabby's model elsewhere": {spec: `
ollama: {models: ["llama2:7b"]}
tabby: {modelName: "codellama:7b", ollamaServiceName: shared.llm}`},
	"tabby's model is not among the models": {spec: `
ollama: {models: ["llama2:7b", "codellama:7b"]}
tabby: {modelName: "codelama:7b"}`, errs: []string{
		`spec.tabby.modelName: Unsupported value: "codelama:7b": must be one of ollama.models, unless ollamaServiceName names another Ollama; supported values: "llama2:7b", "codellama:7b"; did you mean "codellama:7b"?`,
	}},
	"tabby's model is none": {spec: `
ollama: {models: ["llama2:7b"]}
tabby: {modelName: llama2}`, errs: []string{
		`spec.tabby.modelName: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`,
	}},
	"tabby's Ollama is no name": {spec: `
ollama: {models: ["llama2:7b"]}
tabby: {ollamaServiceName: "http://shared:11434"}`, errs: []string{
		`spec.tabby.ollamaServiceName: Invalid value: "http://shared:11434": ` + serviceName + `; did you mean "shared"?`,
	}},

	"tabby's environment": {spec: `
ollama: {models: ["llama2:7b"]}
tabby:
  envVars:
    - {name: A, value: "1"}
    - {name: B.c-d, valueFrom: {secretKeyRef: {name: s, key: k}}}`},
	"tabby's environment is wrong": {spec: `
ollama: {models: ["llama2:7b"]}
tabby:
  envVars:
    - {name: A}
    - {name: A}
    - {name: ""}
    - {name: "1 2"}
    - {name: TABBY_ROOT, value: /tmp}
    - {name: TABBY_WEBSERVER_JWT_TOKEN_SECRET, value: x}
    - {name: B, value: "1", valueFrom: {secretKeyRef: {name: s, key: k}}}
    - {name: C, valueFrom: {}}
    - {name: D, valueFrom: {secretKeyRef: {name: s, key: k}, fieldRef: {fieldPath: metadata.name}}}`, errs: []string{
		`spec.tabby.envVars[1].name: Duplicate value: "A"`,
		`spec.tabby.envVars[2].name: Required value: must be set`,
		`spec.tabby.envVars[3].name: Invalid value: "1 2": a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
		`spec.tabby.envVars[4].name: Forbidden: TABBY_ROOT is set by the operator`,
		`spec.tabby.envVars[5].name: Forbidden: TABBY_WEBSERVER_JWT_TOKEN_SECRET is set by the operator`,
		`spec.tabby.envVars[6].valueFrom: Invalid value: "": must not be set beside value`,
		`spec.tabby.envVars[7].valueFrom: Required value: must have a source, for example secretKeyRef`,
		`spec.tabby.envVars[8].valueFrom: Forbidden: must have one source, not fieldRef and secretKeyRef`,
	}},

	"tabby's volumes": {spec: `
ollama: {models: ["llama2:7b"]}
tabby:
  volumes:
    - {name: a, emptyDir: {}}
    - {name: b, hostPath: {path: /srv}}
    - {name: c}
  volumeMounts:
    - {name: a, mountPath: /a, subPath: x/y}
    - {name: a, mountPath: /data/repositories}
    - {name: b, mountPath: /b}`, opts: Options{AllowHostPath: true}},
	"tabby's volumes are wrong": {spec: `
ollama: {models: ["llama2:7b"]}
tabby:
  volumes:
    - {name: a, emptyDir: {}}
    - {name: a, emptyDir: {}}
    - {name: A, emptyDir: {}}
    - {name: llm-operator-data, emptyDir: {}}
    - {name: b, hostPath: {path: /srv}}
    - {name: c, emptyDir: {}, configMap: {name: x}}`, errs: []string{
		`spec.tabby.volumes[1].name: Duplicate value: "a"`,
		`spec.tabby.volumes[2].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
		`spec.tabby.volumes[3].name: Forbidden: llm-operator-data is a volume of the operator`,
		`spec.tabby.volumes[4].hostPath: Forbidden: folders of the node are not mounted; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path`,
		`spec.tabby.volumes[5]: Forbidden: must have one source, not emptyDir and configMap`,
	}},
	"tabby's mounts are wrong": {spec: `
ollama: {models: ["llama2:7b"]}
tabby:
  volumes: [{name: cache, emptyDir: {}}]
  volumeMounts:
    - {name: cach, mountPath: /a}
    - {name: cache, mountPath: /a/}
    - {name: cache, mountPath: b}
    - {name: cache, mountPath: "/c:d"}
    - {name: cache, mountPath: /data}
    - {name: cache, mountPath: /data/config.toml}
    - {name: cache, mountPath: /}
    - {name: cache, mountPath: /e, subPath: ../x}
    - {name: cache, mountPath: /f, subPath: x, subPathExpr: z}`, errs: []string{
		`spec.tabby.volumeMounts[0].name: Not found: "cach": must name one of tabby.volumes; did you mean "cache"?`,
		`spec.tabby.volumeMounts[1].mountPath: Duplicate value: "/a/"`,
		`spec.tabby.volumeMounts[2].mountPath: Invalid value: "b": must be an absolute path; did you mean "/b"?`,
		`spec.tabby.volumeMounts[3].mountPath: Invalid value: "/c:d": must not contain ':'`,
		`spec.tabby.volumeMounts[4].mountPath: Forbidden: /data would hide /data, which the operator mounts`,
		`spec.tabby.volumeMounts[5].mountPath: Forbidden: /data/config.toml would hide /data/config.toml, which the operator mounts`,
		`spec.tabby.volumeMounts[6].mountPath: Forbidden: / would hide /data, which the operator mounts`,
		`spec.tabby.volumeMounts[7].subPath: Invalid value: "../x": must be a relative path without '..'`,
		`spec.tabby.volumeMounts[8].subPathExpr: Invalid value: "z": must not be set beside subPath`,
	}},
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, tc := range ruleCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, "metadata: {name: stack}\nspec:"+indent(tc.spec)))
			_, errs := Validate(d, nil, tc.opts)
			var got []string
			for _, err := range errs {
				got = append(got, err.Error())
			}
			assert.Equal(t, tc.errs, got)
		})
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	const start = "must start with a letter and hold only lower case letters, digits and '-', because Services are named after it"
	for name, want := range map[string]string{
		"a":                     "",
		strings.Repeat("a", 53): "",
		"":                      "", // generateName
		"my.llm":                start,
		"7b":                    start,
		"-a":                    start,
		"a-":                    start,
		strings.Repeat("a", 54): `must have at most 53 characters, because the Service "<name>-openwebui" may have 63`,
	} {
		d := fixtures.Sample(t, "minimal")
		d.Name = name
		_, errs := Validate(fixtures.Defaulted(d), nil, Options{})
		if want == "" {
			assert.Empty(t, errs, "%q", name)
			continue
		}
		require.Len(t, errs, 1, "%q", name)
		assert.Equal(t, `metadata.name: Invalid value: "`+name+`": `+want, errs[0].Error())
	}
}

func TestGeneratedNameNeedsAService(t *testing.T) {
	t.Parallel()
	d := fixtures.Sample(t, "tabby")
	d.Name, d.GenerateName = "", "tabby-"
	_, errs := Validate(fixtures.Defaulted(d), nil, Options{})
	require.Len(t, errs, 1)
	assert.Equal(t, "spec.tabby.ollamaServiceName: Required value: cannot be derived from metadata.generateName; set metadata.name, or name the Service here", errs[0].Error())
}

func TestDeletedIsNeverRefused(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	d.Spec.Ollama.Replicas = new(int32(0))
	old := d.DeepCopy()
	d.DeletionTimestamp = new(metav1.Now())
	warnings, errs := Validate(d, old, Options{})
	assert.Empty(t, warnings)
	assert.Empty(t, errs)
}

func TestSamplesAreAccepted(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Samples() {
		_, errs := Validate(fixtures.Defaulted(fixtures.Sample(t, name)), nil, Options{})
		assert.Empty(t, errs, name)
	}
}

func indent(text string) string {
	return strings.ReplaceAll(text, "\n", "\n  ")
}
