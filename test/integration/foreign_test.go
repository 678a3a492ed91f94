// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// storedStack has children of each kind that pods mount.
const storedStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: a}
spec:
  ollama: {models: ["codellama:7b"], resources: {requests: {storage: 10Gi}}}
  openwebui: {enabled: true, resources: {requests: {storage: 1Gi}}}
  tabby: {enabled: true}
`

// copiedLabels has the labels of the children of object a.
const copiedLabels = `, labels: {ollama-deployment: a, app.kubernetes.io/managed-by: llm-operator}`

// A foreignCase is an object that pods of the component would mount, and a value that must not change.
type foreignCase struct {
	component, kind, foreign, path, want string
}

var foreignCases = map[string]foreignCase{
	"claim": {
		"openwebui", "PersistentVolumeClaim",
		`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a-openwebui}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
		".metadata.labels", "",
	},
	"claim with another owner": {
		"ollama", "PersistentVolumeClaim",
		`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a-ollama` + copiedLabels + `, ownerReferences: [{apiVersion: v1, kind: Namespace, name: default, uid: NAMESPACE}]}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
		".spec.resources.requests.storage", "1Gi",
	},
	"script": {
		"ollama", "ConfigMap",
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: a-ollama}, data: {pull-models.sh: "evil"}}`,
		`.data.pull-models\.sh`, "evil",
	},
	"script with copied labels": {
		"ollama", "ConfigMap",
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: a-ollama` + copiedLabels + `}, data: {pull-models.sh: "evil"}}`,
		`.data.pull-models\.sh`, "evil",
	},
	"configuration with copied labels": {
		"tabby", "ConfigMap",
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: a-tabby` + copiedLabels + `}, immutable: true, data: {config.toml: "evil"}}`,
		`.data.config\.toml`, "evil",
	},
	"signing key": {
		"tabby", "Secret",
		`{apiVersion: v1, kind: Secret, metadata: {name: a-tabby}, stringData: {TABBY_WEBSERVER_JWT_TOKEN_SECRET: "evil"}}`,
		".metadata.ownerReferences", "",
	},
	"signing key with copied labels": {
		"openwebui", "Secret",
		`{apiVersion: v1, kind: Secret, metadata: {name: a-openwebui` + copiedLabels + `}, stringData: {WEBUI_SECRET_KEY: "evil"}}`,
		".metadata.ownerReferences", "",
	},
}

// An object that pods would mount is neither changed nor mounted if the OllamaDeployment does not own
// it, whatever its labels. Other components are not affected.
func TestForeignMounts(t *testing.T) {
	t.Parallel()
	for name, tc := range foreignCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			foreign := strings.ReplaceAll(tc.foreign, "NAMESPACE", k.in("default").get(t, "namespace/default", ".metadata.uid"))
			k.ok(t, foreign, "create", "-f", "-")
			child := strings.ToLower(tc.kind) + "/a-" + tc.component
			k.apply(t, storedStack)
			k.condition(t, "a", "Ready", "False", "NameConflict", tc.kind+` "a-`+tc.component+`" exists and does not belong to this OllamaDeployment`)
			for _, component := range []string{"ollama", "openwebui", "tabby"} {
				if component != tc.component {
					k.eventually(t, "deployment/a-"+component, ".metadata.name", "a-"+component)
				}
			}
			k.atRest(t)
			assert.False(t, k.exists(t, "deployment/a-"+tc.component))
			assert.False(t, k.exists(t, "service/a-"+tc.component), "the component has no children")
			assert.Equal(t, tc.want, k.get(t, child, tc.path), "it is not changed")

			k.ok(t, "", "delete", child)
			k.ready(t, "a")
		})
	}
}

// A running component is not changed when another object becomes the owner of its ConfigMap.
func TestForeignMountsOfRunningComponent(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, storedStack)
	k.ready(t, "a")
	generation := k.get(t, "deployment/a-tabby", ".metadata.generation")
	other := k.get(t, "service/a-ollama", ".metadata.uid")
	k.ok(t, "", "patch", "configmap/a-tabby", "--type=merge", "-p",
		`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"a-ollama","uid":"`+other+`","controller":true}]},"data":{"config.toml":"evil"}}`)
	k.condition(t, "a", "Ready", "False", "NameConflict", `ConfigMap "a-tabby"`)
	k.ok(t, "", "patch", "ollamadeployment", "a", "--type=merge", "-p", `{"spec":{"tabby":{"imageTag":"0.30.0"},"ollama":{"imageTag":"0.12.0"}}}`)
	k.eventually(t, "deployment/a-ollama", ".spec.template.spec.containers[0].image", "ollama/ollama:0.12.0")
	k.atRest(t)
	assert.Equal(t, generation, k.get(t, "deployment/a-tabby", ".metadata.generation"))
	assert.Equal(t, "evil", k.get(t, "configmap/a-tabby", `.data.config\.toml`))
}

// A ReadWriteOnce claim is not used by several pods, neither of another object of the name nor after
// the object had no storage.
func TestReadWriteOnceClaim(t *testing.T) {
	t.Parallel()
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: a}
spec: {ollama: {models: ["llama2:7b"], replicas: REPLICAS, resources: {requests: {cpu: 100mSTORAGE}}}}
`
	with := func(replicas, storage string) string {
		return strings.NewReplacer("REPLICAS", replicas, "STORAGE", storage).Replace(object)
	}
	for name, between := range map[string]func(*testing.T, kubectl){
		"object is created again": func(t *testing.T, k kubectl) {
			t.Helper()
			k.ok(t, "", "delete", "ollamadeployment", "a", "--cascade=foreground")
		},
		"storage is removed and added": func(t *testing.T, k kubectl) {
			t.Helper()
			k.apply(t, with("3", ""))
			k.eventually(t, "ollamadeployment/a", ".status.ready", "3/3")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.apply(t, with("1", ", storage: 1Gi"))
			k.ready(t, "a")
			between(t, k)
			k.apply(t, with("3", ", storage: 1Gi"))
			k.condition(t, "a", "Ready", "False", "ClaimNotShareable", `PersistentVolumeClaim "a-ollama" can be used by one pod at a time, and ollama has 3 replicas`)
			k.atRest(t)
			if name == "object is created again" {
				assert.False(t, k.exists(t, "deployment/a-ollama"))
			} else {
				assert.Empty(t, k.get(t, "deployment/a-ollama", `.spec.template.spec.volumes[?(@.persistentVolumeClaim)].name`))
			}
			require.EventuallyWithT(t, func(c *assert.CollectT) {
				k.run(t, "", "delete", "persistentvolumeclaim", "a-ollama", "--wait=false")
				k.run(t, "", "patch", "persistentvolumeclaim", "a-ollama", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
				r := k.run(t, "", "get", "persistentvolumeclaim", "a-ollama", "-o", "jsonpath={.spec.accessModes[0]}")
				assert.Equal(c, "ReadWriteMany", r.Stdout)
			}, patience, tick)
			k.eventually(t, "ollamadeployment/a", ".status.ready", "3/3")
		})
	}
}
