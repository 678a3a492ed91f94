// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The whole stack runs as a user that no image knows, where Pod Security enforces it: it pulls, logs and
// serves, and what it writes belongs to that user.
func TestRestricted(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("codellama:13b", 2_000_000))
	require.NoError(t, shared.Models.Add("nomic-embed-text:v1.5", 1_000_000))
	s.kubectl(t, "label", "namespace", s.namespace, "pod-security.kubernetes.io/enforce=restricted")
	user := randomUser()
	s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: restricted}
spec:
  security: {profile: Restricted, runAsUser: `+user+`}
  ollama:
    models: ["codellama:13b", "nomic-embed-text:v1.5"]
    resources: {requests: {cpu: 20m, memory: 64Mi}}
    envVars: [{name: NO_PROXY, value: example.com}]
  openwebui:
    enabled: true
    resources: {requests: {cpu: 20m, memory: 32Mi}}
  tabby:
    enabled: true
    resources: {requests: {cpu: 20m, memory: 32Mi}}
`)
	s.ready(t, "restricted")
	assert.Equal(t, "3/3", s.get(t, "restricted").Status.Ready)

	all := []string{"codellama:13b", "nomic-embed-text:v1.5"}
	assert.ElementsMatch(t, all, models(t, s.url(t, "restricted-ollama", "11434", "/api/tags")))
	assert.ElementsMatch(t, all, models(t, s.url(t, "restricted-openwebui", "8080", "/ollama/api/tags")))
	status, _, err := fetch(s.url(t, "restricted-tabby", "8080", "/v1/health"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, status)
	log := s.kubectl(t, "logs", s.pod(t, "ollama").Name, "-c", "ollama")
	for _, model := range all {
		assert.Regexp(t, model+` is (already )?available`, log)
	}
	assert.Contains(t, s.inPod(t, "ollama", "env"), "NO_PROXY=example.com\n")

	for component, written := range map[string][]string{
		"ollama":    {v1alpha1.RestrictedOllamaHome + "/.ollama", "models/blobs", "models/manifests"},
		"openwebui": {v1alpha1.OpenWebUIDataPath, "webui.db", ".seeded", "cache/embedding/model.bin"},
		"tabby":     {v1alpha1.TabbyDataPath, "tabby", "tabby/config.toml", "tabby/ee/db.sqlite"},
	} {
		assert.Equal(t, user, s.userOf(t, component), component)
		root := written[0]
		own := strings.Fields(s.inPod(t, component, "find", root, "-mindepth", "1", "-user", user))
		for _, file := range written[1:] {
			assert.Contains(t, own, root+"/"+file, component)
		}
		assert.Empty(t, s.inPod(t, component, "find", root, "-mindepth", "1", "!", "-user", user), "files of others in %s", component)
	}
	root := v1alpha1.TabbyDataPath + "/tabby"
	assert.Contains(t, s.inPod(t, "tabby", "env"), v1alpha1.TabbyRootEnv+"="+root+"\n")
	assert.Contains(t, s.inPod(t, "tabby", "cat", root+"/config.toml"), "codellama:13b")
}

// randomUser returns a user ID that no image knows.
func randomUser() string {
	const lowest = 1_000_000_000
	return strconv.Itoa(lowest + rand.IntN(v1alpha1.MaxRunAsUser-lowest)) //nolint:gosec // not a secret
}

// inPod runs a command in the container of a component's only pod, and returns its output.
func (s *space) inPod(t require.TestingT, component string, command ...string) string {
	args := []string{"exec", s.pod(t, component).Name, "-c", component, "--"}
	return s.kubectl(t, append(args, command...)...)
}

// userOf returns the user that the first process of a component's container runs as.
func (s *space) userOf(t require.TestingT, component string) string {
	return strings.TrimSpace(s.inPod(t, component, "stat", "-c", "%u", "/proc/1"))
}
