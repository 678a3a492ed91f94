// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/node"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// The tests in this file run Open WebUI for many: with PostgreSQL and Redis, which pods find through Secrets.

// beyondGrace is longer than the 30 seconds that Kubernetes gives pods by default to end.
const beyondGrace = 33 * time.Second

// manyObject returns the manifest of an object with two replicas of Ollama and three of Open WebUI.
func manyObject(model, tag string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: many}
spec:
  ollama:
    models: ["` + model + `"]
    replicas: 2
    envVars: [{name: OLLAMA_REMOTES, value: ` + sandbox.NodeAddress + `}]
    pod: {terminationGracePeriodSeconds: 120}
    resources: {requests: {cpu: 20m, memory: 64Mi}}
  openwebui:
    enabled: true
    replicas: 3
    imageTag: ` + tag + `
    database: {urlSecretRef: {name: urls, key: database}}
    redis: {urlSecretRef: {name: urls, key: redis}}
    pod: {terminationGracePeriodSeconds: 120}
    resources: {requests: {cpu: 20m, memory: 32Mi}}
`
}

// Open WebUI for many starts one after the other, shares sessions, and is changed as its image allows.
func TestOpenWebUIForMany(t *testing.T) {
	t.Parallel()
	shares := startShares(t)
	t.Run("changes", func(t *testing.T) {
		t.Parallel()
		testChanges(t, shares)
	})
	t.Run("control", func(t *testing.T) {
		t.Parallel()
		testControl(t, shares)
	})
	t.Run("password", func(t *testing.T) {
		t.Parallel()
		testPassword(t, shares)
	})
}

// testChanges starts the stack, changes its resources and then its image.
func testChanges(t *testing.T, shares *shares) {
	t.Helper()
	s, narrator := newSpace(t), startNarrator(t)
	const model, database = "narrator:1b", changesDatabase
	require.NoError(t, shared.Models.AddRemote(model, narrator.url))
	s.addURLs(t, shares, database)

	s.apply(t, manyObject(model, "v0.11.0"))
	s.ready(t, "many")
	require.Len(t, s.pods(t, "openwebui"), 3)
	assert.Equal(t, "3|1", shares.starts(t, "0.11.0"), "the first migrates before the others start")
	session := s.assertShared(t)

	s.rollUnderLoad(t, model, narrator)
	assert.Equal(t, "6|1", shares.starts(t, "0.11.0"))
	for _, pod := range s.pods(t, "openwebui") {
		assert.Equal(t, http.StatusOK, session.at(pod).session(t), "the session outlives the rollout")
	}

	s.apply(t, manyObject(model, "v0.12.0"))
	s.eventually(t, "many", v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonMigratingDatabase)
	assert.Equal(t, metav1.ConditionFalse, s.condition(t, "many", v1alpha1.ConditionReady).Status)
	s.ready(t, "many")
	require.Len(t, s.pods(t, "openwebui"), 3)
	assert.Equal(t, "3|1", shares.starts(t, "0.12.0"), "one migrates before the others start")
	assert.Equal(t, "6|1", shares.starts(t, "0.11.0"))
	assert.Empty(t, shares.violations(t, database))
	assert.Equal(t, http.StatusOK, session.at(s.pods(t, "openwebui")[0]).session(t))
}

// assertShared asserts that pods of Open WebUI know each other's sessions and events. It returns a visitor
// with a session.
func (s *space) assertShared(t *testing.T) visitor {
	t.Helper()
	pods := s.pods(t, "openwebui")
	session := visitor{}.at(pods[0]).signUp(t)
	for _, pod := range pods {
		assert.Equal(t, http.StatusUnauthorized, visitor{}.at(pod).session(t))
		assert.Equal(t, http.StatusOK, session.at(pod).session(t), "a session is known everywhere")
	}
	events := session.at(pods[1]).listen(t)
	status, text := session.at(pods[2]).call(t, http.MethodPost, "/ws/events", "hello from another pod")
	require.Equal(t, http.StatusOK, status, text)
	assert.Equal(t, "hello from another pod", receive(t, events))

	status, token := visitor{}.at(pods[1]).call(t, http.MethodPost, "/api/v1/auths/signin", account)
	require.Equal(t, http.StatusOK, status, token)
	ended := visitor{token: token}
	status, text = ended.at(pods[1]).call(t, http.MethodGet, "/api/v1/auths/signout", "")
	require.Equal(t, http.StatusOK, status, text)
	for _, pod := range pods {
		assert.Equal(t, http.StatusUnauthorized, ended.at(pod).session(t), "a session is ended everywhere")
	}
	return session
}

// rollUnderLoad changes the resources of all pods. Nobody is refused meanwhile, and no answer is cut that
// pods give when they are replaced, through Open WebUI or not.
func (s *space) rollUnderLoad(t *testing.T, model string, narrator *narrator) {
	t.Helper()
	before := append(s.pods(t, "openwebui"), s.pods(t, "ollama")...)
	webui, ollama := s.url(t, "many-openwebui", "8080", "/ollama"), s.url(t, "many-ollama", "11434", "")
	var answers []*answer
	for range 3 {
		answers = append(answers, ask(webui, model), ask(ollama, model))
	}
	for _, answer := range answers {
		answer.hasBegun(t)
	}
	load := startLoad(webui + "/api/tags")

	for _, component := range []string{"openwebui", "ollama"} {
		s.kubectl(t, "patch", "ollamadeployment", "many", "--type=merge", "-p", `{"spec":{"`+component+`":{"resources":{"requests":{"cpu":"21m"}}}}}`)
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, s.lasting(c, before), "all end")
	}, patience, tick)
	s.ready(t, "many")
	<-time.After(beyondGrace)
	close(narrator.ended)
	for _, answer := range answers {
		answer.assertWhole(t, beyondGrace)
	}
	load.assertNoneRefused(t)
}

// lasting returns which of the pods are not being deleted.
func (s *space) lasting(t require.TestingT, pods []corev1.Pod) []string {
	var names []string
	now := append(s.pods(t, "openwebui"), s.pods(t, "ollama")...)
	for _, pod := range pods {
		for _, other := range now {
			if other.UID == pod.UID {
				names = append(names, pod.Name)
			}
		}
	}
	return names
}

// testPassword gives pods a wrong password: the status says what they say, but not the password.
func testPassword(t *testing.T, shares *shares) {
	t.Helper()
	s := newSpace(t)
	const password = "wrong-and-secret"
	_, err := shares.postgres.Create(t.Context(), "refused")
	require.NoError(t, err)
	require.NoError(t, shared.Models.Add("refused:1b", 1_000_000))
	s.addSecret(t, shares.postgres.URL("refused", password), shares.redis.URL())
	s.apply(t, object("refused", "refused:1b", `
  openwebui:
    enabled: true
    imageTag: v0.11.0
    database: {urlSecretRef: {name: urls, key: database}}
    resources: {requests: {cpu: 20m, memory: 32Mi}}
`))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		degraded := s.condition(c, "refused", v1alpha1.ConditionDegraded)
		assert.Equal(c, metav1.ConditionTrue, degraded.Status, degraded.Message)
		assert.Contains(c, degraded.Message, `password authentication failed for user "refused"`)
		assert.Contains(c, degraded.Message, s.pod(c, "openwebui").Name)
	}, patience, tick)
	for _, shown := range []string{
		s.kubectl(t, "get", "ollamadeployment,deployment,pods,events", "-o", "yaml"),
		s.kubectl(t, "logs", s.pod(t, "openwebui").Name),
		s.kubectl(t, "logs", "-n", node.OperatorNamespace, "deployment/"+node.OperatorDeployment),
	} {
		assert.NotContains(t, shown, password)
	}
}
