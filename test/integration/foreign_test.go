// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// storedStack has a component of each kind that pods mount.
const storedStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: a}
spec:
  ollama: {models: ["codellama:7b"], resources: {requests: {storage: 10Gi}}}
  openwebui: {enabled: true, resources: {requests: {storage: 1Gi}}}
  tabby: {enabled: true}
`

// copiedLabels are those of the children of object a.
const copiedLabels = `, labels: {ollama-deployment: a, app.kubernetes.io/managed-by: llm-operator}`

// What pods would mount and is not the object's is neither written nor mounted,
// whatever labels it has, and holds up its own component only.
func TestForeignMounts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		component, kind, foreign, path, want string
	}{
		"a claim": {
			"openwebui", "PersistentVolumeClaim",
			`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a-openwebui}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
			".metadata.labels", "",
		},
		"a claim of somebody's": {
			"ollama", "PersistentVolumeClaim",
			`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a-ollama` + copiedLabels + `, ownerReferences: [{apiVersion: v1, kind: Namespace, name: default, uid: NAMESPACE}]}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
			".spec.resources.requests.storage", "1Gi",
		},
		"a script": {
			"ollama", "ConfigMap",
			`{apiVersion: v1, kind: ConfigMap, metadata: {name: a-ollama}, data: {pull-models.sh: "evil"}}`,
			`.data.pull-models\.sh`, "evil",
		},
		"a script with copied labels": {
			"ollama", "ConfigMap",
			`{apiVersion: v1, kind: ConfigMap, metadata: {name: a-ollama` + copiedLabels + `}, data: {pull-models.sh: "evil"}}`,
			`.data.pull-models\.sh`, "evil",
		},
		"a configuration": {
			"tabby", "ConfigMap",
			`{apiVersion: v1, kind: ConfigMap, metadata: {name: a-tabby` + copiedLabels + `}, immutable: true, data: {config.toml: "evil"}}`,
			`.data.config\.toml`, "evil",
		},
		"a signing key": {
			"tabby", "Secret",
			`{apiVersion: v1, kind: Secret, metadata: {name: a-tabby}, stringData: {TABBY_WEBSERVER_JWT_TOKEN_SECRET: "evil"}}`,
			".metadata.ownerReferences", "",
		},
		"a signing key with copied labels": {
			"openwebui", "Secret",
			`{apiVersion: v1, kind: Secret, metadata: {name: a-openwebui` + copiedLabels + `}, stringData: {WEBUI_SECRET_KEY: "evil"}}`,
			".metadata.ownerReferences", "",
		},
	} {
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
			assert.False(t, k.exists(t, "service/a-"+tc.component), "nothing of the component is made")
			assert.Equal(t, tc.want, k.get(t, child, tc.path), "it is left alone")

			k.ok(t, "", "delete", child)
			k.ready(t, "a")
		})
	}
}

// A running component is left as it is when what it mounts is taken away from it.
func TestForeignMountsLater(t *testing.T) {
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

// A claim for one pod is not taken up for several: not by a later object, nor by one
// that did without storage meanwhile.
func TestClaimForOnePod(t *testing.T) {
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
	for name, meanwhile := range map[string]func(*testing.T, kubectl){
		"across deletion": func(t *testing.T, k kubectl) {
			t.Helper()
			k.ok(t, "", "delete", "ollamadeployment", "a", "--cascade=foreground")
		},
		"in two steps": func(t *testing.T, k kubectl) {
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
			meanwhile(t, k)
			k.apply(t, with("3", ", storage: 1Gi"))
			k.condition(t, "a", "Ready", "False", "ClaimNotShareable", `PersistentVolumeClaim "a-ollama" can be used by one pod at a time, and ollama has 3 replicas`)
			k.atRest(t)
			if name == "across deletion" {
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
