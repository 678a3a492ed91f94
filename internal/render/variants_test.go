// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

// variants are objects whose children are golden files beside those of the samples.
var variants = map[string]string{
	"routes": `
metadata: {name: reached}
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui:
    enabled: true
    service: {port: 80}
    ingress: {enabled: true, host: chat.example.com}
    route:
      parentRefs:
        - {name: shared, namespace: infra, sectionName: https, port: 443}
        - {group: example.com, kind: Mesh, name: mesh}
      hostnames: [chat.example.com, "*.chat.example.com"]
      annotations: {example.com/a: b}
      timeouts: {request: 1h, backendRequest: 90s}
  tabby:
    enabled: true
    route: {parentRefs: [{name: shared}]}
`,
	"shared-storage": `
metadata: {name: shared}
spec:
  ollama:
    replicas: 2
    models: ["llama2:7b"]
    resources: {requests: {storage: 100Gi}}
  openwebui:
    enabled: true
    replicas: 2
    resources: {requests: {storage: 5Gi}}
`,
	"storage": `
metadata: {name: kept}
spec:
  ollama:
    models: ["llama2:7b"]
    resources: {requests: {cpu: "1", storage: 100Gi}, limits: {storage: 200Gi}}
  openwebui:
    enabled: true
    resources: {requests: {storage: 5Gi}}
  tabby:
    enabled: true
    replicas: 2
    resources: {limits: {storage: 5Gi}}
`,
	"ollama-settings": `
metadata: {name: tuned}
spec:
  ollama:
    models: ["llama3.1:8b"]
    settings: {keepAlive: "-1", contextLength: 32768, parallel: 4, maxLoadedModels: 1, kvCacheType: q8_0, flashAttention: true}
`,
	"pods": `
metadata: {name: placed}
spec:
  ollama:
    models: ["llama2:7b"]
    resources: {limits: {nvidia.com/gpu: 1}}
    envVars: [{name: HTTPS_PROXY, value: "http://proxy:3128"}]
    envFrom: [{configMapRef: {name: a}}, {secretRef: {name: b}, prefix: X_}]
    volumes: [{name: ca, configMap: {name: ca}}]
    volumeMounts: [{name: ca, mountPath: /etc/ssl/own}]
    pod:
      labels: {team: ml}
      annotations: {example.com/a: b}
      nodeSelector: {kubernetes.io/arch: amd64}
      tolerations: [{key: gpu, operator: Exists}]
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b]}]}]}}}
      topologySpreadConstraints: [{maxSkew: 2, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule}]
      priorityClassName: high
      runtimeClassName: nvidia
      imagePullSecrets: [{name: registry}]
      imagePullPolicy: Always
      serviceAccountName: ollama
      terminationGracePeriodSeconds: 120
      resourceClaims: [{name: gpu, resourceClaimTemplateName: gpu}]
      securityContext: {fsGroup: 2000}
  openwebui:
    enabled: true
    envVars: [{name: WEBUI_AUTH, value: "false"}]
    pod: {nodeSelector: {a: b}}
  tabby:
    enabled: true
    pod: {imagePullPolicy: Never, runtimeClassName: gvisor}
`,
	"restricted": `
metadata: {name: safe}
spec:
  security: {profile: Restricted}
  ollama:
    models: ["llama2:7b"]
    resources: {requests: {storage: 100Gi}}
  openwebui:
    enabled: true
  tabby:
    enabled: true
`,
	"restricted-from-cluster": `
metadata: {name: any}
spec:
  security: {profile: Restricted, runAsUser: FromCluster}
  ollama:
    models: ["llama2:7b"]
`,
	"storage-settings": `
metadata: {name: placed}
spec:
  ollama:
    models: ["llama2:7b"]
    resources: {requests: {storage: 100Gi}}
    storage: {className: shared, accessModes: [ReadWriteMany]}
  openwebui:
    enabled: true
    resources: {requests: {storage: 5Gi}}
    storage: {className: "", accessModes: [ReadWriteOncePod], retain: false}
  tabby:
    enabled: true
    resources: {requests: {storage: 5Gi}}
    storage: {retain: true}
`,
	"existing-claims": `
metadata: {name: given}
spec:
  ollama:
    models: ["llama2:7b"]
    replicas: 2
    storage: {existingClaim: models}
  openwebui:
    enabled: true
    storage: {existingClaim: chats}
  tabby:
    enabled: true
    storage: {existingClaim: code.2026}
`,
	"open-webui-for-many": `
metadata: {name: many, namespace: team}
spec:
  ollama:
    models: ["library/llama2:7b"]
  openwebui:
    enabled: true
    replicas: 3
    imageTag: v0.11.0
    resources: {requests: {storage: 5Gi}}
    database: {urlSecretRef: {name: chats-app, key: uri}}
    redis: {urlSecretRef: {name: redis}}
    defaultModel: llama2:7b
    signUp: false
    envVars: [{name: VECTOR_DB, value: pgvector}]
`,
	"open-webui-with-a-database": `
metadata: {name: one}
spec:
  ollama:
    models: ["llama2:7b"]
  openwebui:
    enabled: true
    resources: {requests: {storage: 5Gi}}
    database: {urlSecretRef: {name: chats}}
`,
	"gpu": `
metadata: {name: fast}
spec:
  ollama:
    models: ["llama2:70b"]
    resources: {requests: {memory: 8Gi}, limits: {nvidia.com/gpu: 2}}
  tabby:
    enabled: true
    resources: {limits: {amd.com/gpu: 1}}
`,
	"ingress-tls-class": `
metadata: {name: web}
spec:
  ollama:
    models: ["llama2:7b"]
  openwebui:
    enabled: true
    service: {type: NodePort, port: 80}
    ingress:
      enabled: true
      host: chat.example.com
      className: nginx
      annotations: {nginx.ingress.kubernetes.io/proxy-body-size: "0"}
      tls: {hosts: ["*.example.com"], secretName: chat-tls}
`,
	"tabby-env-volumes": `
metadata: {name: code}
spec:
  ollama:
    imageTag: 0.12.6@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    models: ["mistral:7b", "qwen2.5-coder:7b", "nomic-embed-text:v1.5"]
    service: {port: 80}
  tabby:
    enabled: true
    envVars:
      - {name: TABBY_DISABLE_USAGE_COLLECTION, value: "1"}
      - {name: TOKEN, valueFrom: {secretKeyRef: {name: code, key: token}}}
    volumes:
      - {name: repositories, persistentVolumeClaim: {claimName: repositories}}
    volumeMounts:
      - {name: repositories, mountPath: /data/repositories, readOnly: true}
`,
	"replicas": `
metadata: {name: many}
spec:
  ollama: {models: ["llama2:7b"], replicas: 10}
  openwebui: {enabled: true, replicas: 5}
  tabby: {enabled: true, replicas: 5}
`,
	"external-ollama": `
metadata: {name: code}
spec:
  ollama: {models: ["llama2:7b", "nomic-embed-text:latest"]}
  tabby:
    enabled: true
    ollamaServiceName: shared.llm
    ollamaServicePort: 80
    modelName: codegemma:2b
`,
	"models-of-a-registry": `
metadata: {name: code}
spec:
  ollama: {models: ["hf.co/bartowski/DeepSeek-Coder-V2-Lite-GGUF:Q4_K_M", "registry.ollama.ai/library/llama2:7b", "library/all-minilm:l6"]}
  tabby: {enabled: true}
`,
	"source-of-models": `
metadata: {name: mirrored}
spec:
  ollama:
    models: ["llama2:7b", "hf.co/a/b:Q4", "plain:5000/a/b:c"]
    source: {mirror: "mirror.example.com:5000", insecureRegistries: ["plain:5000"]}
`,
	"trust": `
metadata: {name: trusting}
spec:
  trust: {configMapRef: {name: corporate, key: root.pem}}
  ollama: {models: ["llama2:7b"], pod: {imagePullPolicy: Always}}
  openwebui: {enabled: true}
  tabby: {enabled: true, resources: {requests: {storage: 1Gi}}}
`,
	"identity": `
metadata: {name: known}
spec:
  ollama:
    models: ["hf.co/a/private:Q4"]
    identitySecretRef: {name: ollama-identity, create: true}
`,
	"identity-restricted": `
metadata: {name: known}
spec:
  security: {profile: Restricted}
  ollama:
    models: ["hf.co/a/private:Q4"]
    resources: {requests: {storage: 10Gi}}
    identitySecretRef: {name: ollama-identity}
`,
	"images-of-models": `
metadata: {name: packed}
spec:
  security: {profile: Restricted}
  ollama:
    models: ["llama2:7b"]
    modelImages:
      - {reference: "registry.example.com/models/llama2:7b", pullPolicy: Always}
      - {reference: "models@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
    resources: {requests: {storage: 100Gi}}
    pod: {imagePullPolicy: Never}
`,
	"policies-of-models": `
metadata: {name: fresh}
spec:
  ollama:
    models: ["llama2:7b"]
    modelUpdatePolicy: Daily
    modelRemovalPolicy: Keep
`,
	"services": `
metadata: {name: reached}
spec:
  ollama:
    models: ["llama2:7b"]
    service:
      type: NodePort
      port: 80
      nodePort: 30434
      externalTrafficPolicy: Local
      labels: {team: ml}
  openwebui:
    enabled: true
    service:
      type: LoadBalancer
      port: 443
      nodePort: 30443
      annotations: {example.com/load-balancer-scheme: internal}
      labels: {team: ml, tier: front}
      loadBalancerClass: example.com/internal
      loadBalancerSourceRanges: ["10.0.0.0/8", "2001:db8::/32"]
      externalTrafficPolicy: Cluster
  tabby: {enabled: true, serviceType: NodePort, service: {nodePort: 30080}}
`,
	"network-policies": `
metadata: {name: closed, namespace: team}
spec:
  networkPolicy:
    enabled: true
    allowFrom:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}
      - podSelector: {}
      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
    allowTo:
      - {to: [{ipBlock: {cidr: 192.0.2.1/32}}], ports: [{port: 8000, endPort: 8010}, {port: metrics, protocol: UDP}]}
  ollama:
    models: ["llama2:7b", "hf.co/a/b:Q4", "plain:5000/a/b:c", "plain:5000/a/c:c", "other:8443/a/b:c"]
    source: {mirror: "mirror.example.com:5001", insecureRegistries: ["plain:5000"]}
    envVars:
      - {name: HTTPS_PROXY, value: "http://user:secret@proxy.example.com:3128"}
      - {name: http_proxy, value: "proxy.example.com:3129"}
      - {name: ALL_PROXY, value: "socks5://proxy.example.com"}
      - {name: HTTP_PROXY, valueFrom: {secretKeyRef: {name: proxy, key: url}}}
  openwebui:
    enabled: true
    route: {parentRefs: [{name: a}, {name: b, namespace: gateways}, {name: c, namespace: gateways}, {name: d}]}
  tabby: {enabled: true, ollamaServiceName: other}
`,
	"network-policies-without-peers": `
metadata: {name: closed}
spec:
  networkPolicy: {enabled: true}
  paused: true
  ollama: {models: ["llama2:7b"]}
  openwebui: {enabled: true}
  tabby: {enabled: false}
`,
	"deprecated-fields": `
metadata: {name: old}
spec:
  ollama: {models: ["llama2:7b"], serviceType: NodePort, servicePort: 80}
  openwebui: {enabled: true, ingressEnabled: true, ingressHost: chat.example.com}
`,
	"disabled": `
metadata: {name: plain}
spec:
  ollama:
    models: ["llama2:7b"]
  openwebui: {enabled: false, ingress: {enabled: true, host: chat.example.com}}
  tabby: {enabled: false}
`,
}
