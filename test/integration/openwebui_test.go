// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const forMany = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata:
  name: many
spec:
  ollama:
    models: ["llama2:7b"]
  openwebui:
    enabled: true
    replicas: 3
    imageTag: v0.10.0
    database: {urlSecretRef: {name: chats}}
    redis: {urlSecretRef: {name: redis}}
`

const (
	webUI = "deployment/many-openwebui"
	// rolls is the path of what a change of the image alone changes in the Deployment.
	rolls = `.spec['replicas','strategy.type']`
	// migratedBy is the path of the image that has migrated the database.
	migratedBy = `.metadata.annotations.llm\.geeper\.io/migrated`
)

// scaling returns what the events say of the ReplicaSets of Open WebUI. When one pod has to migrate, Kubernetes
// scales that of the old pods to 1 and then to 0, and else step by step. Of more than ten, they say less.
func (k kubectl) scaling(t *testing.T) string {
	t.Helper()
	return k.ok(t, "", "get", "events", "--field-selector", "involvedObject.name=many-openwebui,reason=ScalingReplicaSet", "-o", "jsonpath={.items[*].message}")
}

// secretURL creates or changes a Secret with a URL.
func (k kubectl) secretURL(t *testing.T, name, text string) {
	t.Helper()
	k.ok(t, `{apiVersion: v1, kind: Secret, metadata: {name: `+name+`}, stringData: {url: "`+text+`"}}`, "apply", "-f", "-")
}

// set changes fields of Open WebUI's spec.
func (k kubectl) set(t *testing.T, fields string) {
	t.Helper()
	k.ok(t, "", "patch", "ollamadeployment/many", "--type=merge", "-p", `{"spec":{"openwebui":`+fields+`}}`)
}

// One pod migrates the database before the others start, at first and with each image. Other changes roll. The
// status says so, and says nothing of the URLs.
func TestOpenWebUIForMany(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const image = "ghcr.io/open-webui/open-webui:"
	k.apply(t, forMany)
	k.condition(t, "many", "Ready", "False", "DatabaseNotUsable",
		`Secret "chats" of spec.openwebui.database.urlSecretRef does not exist; Secret "redis" of spec.openwebui.redis.urlSecretRef does not exist`)
	assert.False(t, k.exists(t, webUI))
	k.secretURL(t, "redis", "redis://:hunter2@redis:6379/0")
	k.secretURL(t, "chats", "postgresql://chats:hunter2@postgres:5432/chats")
	k.ready(t, "many")
	assert.Equal(t, "3 RollingUpdate", k.get(t, webUI, rolls))
	assert.Regexp(t, "^"+image+"v0.10.0 [0-9a-f]{16}$", k.get(t, webUI, migratedBy))
	assert.Regexp(t, "Scaled up replica set many-openwebui-[a-z0-9]+ from 0 to 1", k.scaling(t))
	assert.Regexp(t, "Scaled up replica set many-openwebui-[a-z0-9]+ from 1 to 3", k.scaling(t))
	assert.Contains(t, k.ok(t, "", "get", "events", "-o", "jsonpath={.items[*].reason}"), "MigratingDatabase")
	k.atRest(t)

	k.set(t, `{"signUp":false}`)
	k.ready(t, "many")
	assert.NotContains(t, k.scaling(t), "from 3 to 1")
	assert.Equal(t, "3 RollingUpdate", k.get(t, webUI, rolls))

	// No node has the label, so that the pod does not start.
	k.set(t, `{"imageTag":"v0.11.0","pod":{"nodeSelector":{"no":"such"}}}`)
	const waits = "openwebui has stopped all other pods, and one pod of " + image + "v0.11.0 migrates the database; the other 2 start after it"
	k.condition(t, "many", "Progressing", "True", "MigratingDatabase", waits)
	k.condition(t, "many", "Ready", "False", "ReplicasNotReady", waits)
	k.eventually(t, "ollamadeployment/many", ".status.ready", "1/4")
	assert.Equal(t, "1 Recreate", k.get(t, webUI, rolls))
	assert.Empty(t, k.get(t, webUI, migratedBy))
	assert.Contains(t, k.scaling(t), "from 3 to 0")
	assert.Len(t, strings.Fields(k.ok(t, "", "get", "pods", "-l", "app.kubernetes.io/component=openwebui", "-o", "name")), 1)
	k.set(t, `{"replicas":4}`)
	k.condition(t, "many", "Progressing", "True", "MigratingDatabase", "the other 3 start after it")
	assert.Equal(t, "1 Recreate", k.get(t, webUI, rolls))
	k.set(t, `{"pod":null}`)
	k.ready(t, "many")
	assert.Equal(t, "4 RollingUpdate", k.get(t, webUI, rolls))
	k.eventually(t, "ollamadeployment/many", ".status.ready", "5/5")

	// Another password rolls, which is one change of the Deployment; another database is migrated first, which is
	// three. What comes with it has the Secret read at once.
	k.atRest(t)
	before := func() (hash, version string, generation int) {
		generation, err := strconv.Atoi(k.get(t, webUI, ".metadata.generation"))
		require.NoError(t, err)
		return k.get(t, webUI, `.spec.template.metadata.annotations.llm\.geeper\.io/database-hash`), k.get(t, webUI, migratedBy), generation
	}
	hash, version, generation := before()
	k.secretURL(t, "chats", "postgresql://chats:hunter3@postgres:5432/chats")
	k.set(t, `{"signUp":true}`)
	k.ready(t, "many")
	rotated, same, rolled := before()
	assert.NotEqual(t, hash, rotated)
	assert.Equal(t, version, same)
	assert.Equal(t, generation+1, rolled)
	k.atRest(t)
	k.secretURL(t, "chats", "postgresql://chats:hunter3@postgres:5432/others")
	k.set(t, `{"signUp":null}`)
	k.ready(t, "many")
	other, another, staged := before()
	assert.NotEqual(t, rotated, other)
	assert.NotEqual(t, version, another)
	assert.Equal(t, rolled+3, staged)
	assert.Equal(t, "4 RollingUpdate", k.get(t, webUI, rolls))
	k.atRest(t)

	told := strings.Join(k.logged(t), "") + k.ok(t, "", "get", "ollamadeployments,events,deployments,replicasets,pods", "-o", "yaml")
	assert.NotContains(t, told, "hunter")
	assert.NotContains(t, told, "postgres:5432")
}

// An SQLite object that gets a database, under an autoscaler: one pod migrates, and then the replicas of the
// spec start, which are the autoscaler's again.
func TestOpenWebUIDatabaseLater(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.secretURL(t, "chats", "postgresql://postgres/chats")
	before, _, _ := strings.Cut(forMany, "    database:")
	k.apply(t, before)
	k.ready(t, "many")
	assert.Equal(t, "3 RollingUpdate", k.get(t, webUI, rolls))
	k.ok(t, "", "autoscale", webUI, "--min=4", "--max=5", "--cpu=80%")
	k.eventually(t, "ollamadeployment/many", ".status.ready", "5/5")
	k.atRest(t)

	k.set(t, `{"database":{"urlSecretRef":{"name":"chats"}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NotEmpty(c, k.get(t, webUI, migratedBy))
		assert.Equal(c, "4 RollingUpdate", k.get(t, webUI, rolls))
		assert.Equal(c, "5/5", k.get(t, "ollamadeployment/many", ".status.ready"))
	}, patience, tick)
	assert.Contains(t, k.scaling(t), "from 4 to 0")
	k.ready(t, "many")
	k.atRest(t)

	// While pods of two templates run, of which one does not start.
	k.set(t, `{"pod":{"nodeSelector":{"no":"such"}}}`)
	k.eventually(t, webUI, ".status.updatedReplicas", "1")
	k.set(t, `{"imageTag":"v0.12.0","pod":null}`)
	k.ready(t, "many")
	assert.Contains(t, k.get(t, webUI, rolls), "RollingUpdate")
	k.atRest(t)

	// What an autoscaler adds while one pod migrates is removed, and that pod is not stopped: of three changes,
	// scaling is the first and the operator's the second.
	k.ok(t, "", "delete", "horizontalpodautoscaler", "many-openwebui")
	k.set(t, `{"imageTag":"v0.13.0","pod":{"nodeSelector":{"no":"such"}}}`)
	k.eventually(t, "ollamadeployment/many", ".status.ready", "1/4")
	k.eventually(t, webUI, rolls, "1 Recreate")
	generation, err := strconv.Atoi(k.get(t, webUI, ".metadata.generation"))
	require.NoError(t, err)
	k.ok(t, "", "scale", webUI, "--replicas=4")
	k.eventually(t, webUI, "['metadata.generation','spec.replicas','spec.strategy.type']", fmt.Sprintf("%d 1 Recreate", generation+2))
	k.atRest(t)
	k.set(t, `{"pod":null}`)
	k.ready(t, "many")
}
