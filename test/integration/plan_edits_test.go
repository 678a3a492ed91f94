// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import "github.com/geeper-io/llm-operator/api/v1alpha1"

// planned holds the specs that are edited, and objectsOf what some of them refer to.
var (
	planned = map[string]string{
		"all":      `{ollama: {models: ["llama3.2:3b", "qwen2.5-coder:7b"]}, openwebui: {enabled: true, ingress: {enabled: true, host: NAMESPACE.example.com}}, tabby: {enabled: true}}`,
		"stored":   `{ollama: {models: ["llama3.2:3b"], resources: {requests: {storage: 2Gi}}}, openwebui: {enabled: true, resources: {requests: {storage: 1Gi}}}, tabby: {enabled: true, resources: {requests: {storage: 1Gi}}}}`,
		"deleted":  `{ollama: {models: ["llama3.2:3b"], storage: {retain: false}, resources: {requests: {storage: 2Gi}}}, openwebui: {enabled: true, storage: {retain: false}, resources: {requests: {storage: 1Gi}}}}`,
		"shared":   `{ollama: {models: ["llama3.2:3b"], replicas: 2, resources: {requests: {storage: 2Gi}}}, openwebui: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}}`,
		"many":     `{ollama: {models: ["llama3.2:3b"], replicas: 2}, openwebui: {enabled: true, replicas: 2}}`,
		"reached":  `{ollama: {models: ["llama3.2:3b"], service: {port: 80}}, openwebui: {enabled: true, service: {type: LoadBalancer, port: 80}}, tabby: {enabled: true, service: {type: NodePort}}}`,
		"flat":     `{ollama: {models: ["llama3.2:3b"], servicePort: 90}, openwebui: {enabled: true, ingressEnabled: true, ingressHost: NAMESPACE.example.com}}`,
		"disabled": `{ollama: {models: ["llama3.2:3b"]}, openwebui: {enabled: false}}`,
		"database": `{ollama: {models: ["llama3.2:3b"]}, openwebui: {enabled: true, imageTag: v1, replicas: 2, database: {urlSecretRef: {name: chats}}, redis: {urlSecretRef: {name: redis}}}}`,
		"routed":   `{ollama: {models: ["llama3.2:3b"]}, openwebui: {enabled: true, route: {parentRefs: [{name: shared}], hostnames: [a.example.com]}}, tabby: {enabled: true, route: {parentRefs: [{name: shared, sectionName: https}], hostnames: [c.example.com]}}}`,
		"trusting": `{ollama: {models: ["llama3.2:3b"]}, trust: {configMapRef: {name: corporate}}}`,
	}
	objectsOf = map[string]string{
		"database": `
{apiVersion: v1, kind: Secret, metadata: {name: chats}, stringData: {url: "postgresql://chats:hunter2@postgres:5432/chats"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: others}, stringData: {url: "postgresql://others:hunter2@postgres:5432/chats"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: redis}, stringData: {url: "redis://:hunter2@redis:6379/0"}}
`,
	}
)

// A planEdit changes a spec by a merge patch.
type planEdit struct {
	name, patch string
	// autoscaled is the component whose Deployment has an autoscaler.
	autoscaled v1alpha1.ComponentName
	// isDeletion deletes the object in place of patching it.
	isDeletion bool
}

// A planChain is a row of edits of one object, which begins with a spec of planned: each changes what those before it
// have made.
type planChain struct {
	base  string
	edits []planEdit
}

var planChains = map[string]planChain{
	"pods": {"all", []planEdit{
		{name: "tag of Ollama", patch: `{ollama: {imageTag: "0.12"}}`},
		{name: "image of Tabby", patch: `{tabby: {image: registry.example.com/tabby}}`},
		{name: "variables", patch: `{ollama: {envVars: [{name: B, value: b}, {name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}}`},
		{name: "memory limit", patch: `{ollama: {resources: {limits: {memory: 32Gi}}}}`},
		{name: "request in other words", patch: `{ollama: {resources: {requests: {cpu: "0.5"}}}}`},
		{name: "memory request", patch: `{ollama: {resources: {requests: {memory: 9Gi}}}}`},
		{name: "settings", patch: `{ollama: {settings: {keepAlive: 1h, parallel: 2}}}`},
		{name: "placement", patch: `{ollama: {pod: {labels: {a: b}, nodeSelector: {kubernetes.io/os: linux}, tolerations: [{key: gpu, operator: Exists}]}}}`},
		{name: "settings of pods", patch: `{tabby: {pod: {terminationGracePeriodSeconds: 5, annotations: {a: b}}}}`},
		{name: "projected volume", patch: `{openwebui: {volumes: [{name: me, projected: {sources: [{downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}]}}], volumeMounts: [{name: me, mountPath: /me}]}}`},
		{name: "model of Tabby", patch: `{tabby: {modelName: "llama3.2:3b"}}`},
		{name: "another Ollama of Tabby", patch: `{tabby: {ollamaServiceName: other, modelName: "llama3.2:3b"}}`},
		{name: "restricted", patch: `{security: {profile: Restricted}}`},
		{name: "paused", patch: `{paused: true, ollama: {imageTag: "0.12"}}`},
	}},
	"models": {"all", []planEdit{
		{name: "models in another order", patch: `{ollama: {models: ["qwen2.5-coder:7b", "llama3.2:3b"]}}`},
		{name: "model added", patch: `{ollama: {models: ["llama3.2:3b", "qwen2.5-coder:7b", "llama3.3:70b"]}}`},
		{name: "model removed", patch: `{ollama: {models: ["qwen2.5-coder:7b"]}}`},
		{name: "removal policy", patch: `{ollama: {modelRemovalPolicy: Keep}}`},
		{name: "mirror", patch: `{ollama: {source: {mirror: registry.example.com}}}`},
		{name: "key of Ollama", patch: `{ollama: {identitySecretRef: {name: key, create: true}}}`},
		{name: "image with models", patch: `{ollama: {modelImages: [{reference: "registry.example.com/models:v1"}]}}`},
		{name: "trust", patch: `{trust: {configMapRef: {name: corporate}}}`},
	}},
	"reach": {"all", []planEdit{
		{name: "port of Ollama", patch: `{ollama: {service: {port: 80}}}`},
		{name: "port of Open WebUI", patch: `{openwebui: {service: {port: 80}}}`},
		{name: "load balancer", patch: `{openwebui: {service: {type: LoadBalancer}}}`},
		{name: "node port", patch: `{tabby: {service: {type: NodePort}}}`},
		{name: "labels of a Service", patch: `{ollama: {service: {labels: {a: b}, annotations: {c: d}}}}`},
		{name: "host", patch: `{openwebui: {ingress: {host: talk.NAMESPACE.example.com}}}`},
		{name: "certificate", patch: `{openwebui: {ingress: {tls: {secretName: cert, hosts: [talk.NAMESPACE.example.com]}}}}`},
		{name: "class of an ingress", patch: `{openwebui: {ingress: {className: web, annotations: {a: b}}}}`},
		{name: "no ingress", patch: `{openwebui: {ingress: {enabled: false}}}`},
		{name: "network policies", patch: `{networkPolicy: {enabled: true, allowTo: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 443}]}]}}`},
	}},
	"replicas": {"all", []planEdit{
		{name: "more replicas of Ollama", patch: `{ollama: {replicas: 3}}`},
		{name: "more replicas of Open WebUI", patch: `{openwebui: {replicas: 2}}`},
		{name: "class of a load balancer", patch: `{openwebui: {service: {type: LoadBalancer, loadBalancerClass: example.com/lb, externalTrafficPolicy: Local, loadBalancerSourceRanges: [10.0.0.0/8]}}}`},
	}},
	"storage": {"all", []planEdit{
		{name: "storage of Ollama", patch: `{ollama: {resources: {requests: {storage: 1Gi}}}}`},
		{name: "storage of Open WebUI", patch: `{openwebui: {resources: {requests: {storage: 1Gi}}}}`},
		{name: "storage of Tabby", patch: `{tabby: {resources: {requests: {storage: 1Gi}}}}`},
		{name: "Tabby disabled", patch: `{tabby: {enabled: false}}`},
		{name: "Open WebUI disabled", patch: `{openwebui: {enabled: false}}`},
	}},
	"absent component": {"all", []planEdit{
		{name: "Open WebUI absent", patch: `{openwebui: null}`},
	}},
	"several fields": {"all", []planEdit{
		{name: "several at once", patch: `{ollama: {imageTag: "0.12", models: ["llama3.2:3b"], service: {type: NodePort}}, tabby: {replicas: 2}, openwebui: {ingress: {enabled: false}}}`},
	}},
	"autoscaler of Ollama": {"all", []planEdit{
		{name: "replicas of an autoscaler", patch: `{ollama: {replicas: 3}}`, autoscaled: v1alpha1.ComponentOllama},
	}},
	"autoscaler of Open WebUI": {"all", []planEdit{
		{name: "tag and an autoscaler", patch: `{openwebui: {imageTag: v2, replicas: 2}}`, autoscaled: v1alpha1.ComponentOpenWebUI},
	}},
	"claims": {"stored", []planEdit{
		{name: "stored tag of Ollama", patch: `{ollama: {imageTag: "0.12"}}`},
		{name: "stored variable of Tabby", patch: `{tabby: {envVars: [{name: A, value: b}]}}`},
		{name: "no storage of Ollama", patch: `{ollama: {resources: {requests: {storage: null}}}}`},
		{name: "no storage of Tabby", patch: `{tabby: {resources: null}}`},
		{name: "stored Open WebUI disabled", patch: `{openwebui: {enabled: false}}`},
		{name: "stored Tabby absent", patch: `{tabby: null}`},
	}},
	"retained claims": {"stored", []planEdit{
		{name: "not retained", patch: `{ollama: {storage: {retain: false}}}`},
	}},
	"claims not retained": {"deleted", []planEdit{
		{name: "retained", patch: `{ollama: {storage: {retain: true}}}`},
	}},
	"deletion without data": {"stored", []planEdit{
		{name: "stored object deleted", isDeletion: true},
	}},
	"deletion with data": {"deleted", []planEdit{
		{name: "object deleted with its data", isDeletion: true},
	}},
	"shared claims": {"shared", []planEdit{
		{name: "shared tag of Open WebUI", patch: `{openwebui: {imageTag: v2}}`},
		{name: "shared to one", patch: `{ollama: {replicas: 1}}`},
	}},
	"several replicas": {"many", []planEdit{
		{name: "many to one", patch: `{ollama: {replicas: 1}, openwebui: {replicas: 1}}`},
	}},
	"types of Services": {"reached", []planEdit{
		{name: "no load balancer", patch: `{openwebui: {service: {type: ClusterIP}}}`},
		{name: "the usual port", patch: `{ollama: {service: {port: 11434}}}`},
		{name: "no node port", patch: `{tabby: {service: {type: ClusterIP, port: 9090}}}`},
	}},
	"deprecated fields": {"flat", []planEdit{
		{name: "flat port", patch: `{ollama: {servicePort: 91}}`},
		{name: "flat host", patch: `{openwebui: {ingressHost: talk.NAMESPACE.example.com}}`},
		{name: "flat ingress", patch: `{openwebui: {ingressEnabled: false}}`},
	}},
	"disabled component": {"disabled", []planEdit{
		{name: "field of a disabled one", patch: `{openwebui: {imageTag: v2}}`},
		{name: "enabled", patch: `{openwebui: {enabled: true}, tabby: {enabled: true}}`},
	}},
	"database": {"database", []planEdit{
		{name: "database and another image", patch: `{openwebui: {imageTag: v2}}`},
		{name: "database and more replicas", patch: `{openwebui: {replicas: 3}}`},
		{name: "database by another user", patch: `{openwebui: {database: {urlSecretRef: {name: others}}}}`},
		{name: "no database", patch: `{openwebui: {database: null, redis: null, replicas: 1}}`},
	}},
	"authorities": {"trusting", []planEdit{
		{name: "no trust", patch: `{trust: null}`},
	}},
}

// planRouteChains need the Gateway API.
var planRouteChains = map[string]planChain{
	"added route": {"all", []planEdit{
		{name: "route", patch: `{openwebui: {route: {parentRefs: [{name: shared}], hostnames: [a.example.com]}}}`},
	}},
	"routes": {"routed", []planEdit{
		{name: "ports of two routes", patch: `{openwebui: {service: {port: 80}, route: {hostnames: [b.example.com]}}, tabby: {route: null}}`},
	}},
}
