// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse([]string{"llama3:8b", "library/Llama3:8b", "me/x:1"})
	require.NoError(t, err)
	assert.Equal(t, []v1alpha1.OllamaModel{"llama3:8b", "me/x:1"}, got)
	for name, want := range map[string]string{
		"llama3":            `"llama3": has no tag; write it as "model:tag"; did you mean "llama3:latest"?`,
		"":                  `"": must not be empty; write it as "model:tag", for example "llama2:7b"`,
		"hf.co/llama:1":     `"hf.co/llama:1": has a host but no namespace; write it as "host/namespace/model:tag"; did you mean "hf.co/library/llama:1"?`,
		"https://a/b/c:1":   `"https://a/b/c:1": must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'; did you mean "a/b/c:1"?`,
		"x:1\n":             `"x:1\n": must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'; did you mean "x:1"?`,
		"$(reboot):1":       `"$(reboot):1": must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'`,
		"x@sha256:00112233": `"x@sha256:00112233": must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'; digests are not supported`,
	} {
		_, err := Parse([]string{"a:1", name})
		require.EqualError(t, err, want)
	}
	_, err = Parse([]string{"a", "b"})
	require.EqualError(t, err, "\"a\": has no tag; write it as \"model:tag\"; did you mean \"a:latest\"?\n\"b\": has no tag; write it as \"model:tag\"; did you mean \"b:latest\"?")
}

func TestWithout(t *testing.T) {
	t.Parallel()
	list := []v1alpha1.OllamaModel{"a:1", "library/b:1", "c:1"}
	assert.Equal(t, []v1alpha1.OllamaModel{"a:1", "c:1"}, Without(list, []v1alpha1.OllamaModel{"B:1", "d:1"}))
	assert.Equal(t, []v1alpha1.OllamaModel{}, Without(list, list), "an empty list is not null")
}

func TestManager(t *testing.T) {
	t.Parallel()
	const owns = `fieldsV1: {"f:spec": {"f:ollama": {"f:models": {}}}}`
	for name, tc := range map[string]struct{ metadata, want string }{
		"nobody":                       {`{}`, ""},
		"kubectl create":               {`{managedFields: [{manager: kubectl-create, operation: Update, ` + owns + `}]}`, ""},
		"kubectl apply":                {`{annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}}`, "kubectl apply"},
		"kubectl apply --server-side":  {`{managedFields: [{manager: kubectl, operation: Apply, ` + owns + `}]}`, "kubectl apply --server-side"},
		"kubectl patch":                {`{managedFields: [{manager: kubectl, operation: Update, ` + owns + `}]}`, ""},
		"Argo CD":                      {`{managedFields: [{manager: argocd-controller, operation: Update, ` + owns + `}]}`, "Argo CD"},
		"Argo CD, by its annotation":   {`{annotations: {argocd.argoproj.io/tracking-id: x, kubectl.kubernetes.io/last-applied-configuration: "{}"}}`, "Argo CD"},
		"Flux":                         {`{labels: {kustomize.toolkit.fluxcd.io/name: x}}`, "Flux"},
		"Flux, by its manager":         {`{managedFields: [{manager: kustomize-controller, operation: Apply, ` + owns + `}]}`, "Flux"},
		"Helm":                         {`{annotations: {meta.helm.sh/release-name: x}}`, "Helm"},
		"Flux, after another edit":     {`{managedFields: [{manager: kustomize-controller, operation: Apply, fieldsV1: {"f:spec": {"f:ollama": {"f:replicas": {}}}}}]}`, "Flux"},
		"another manager that applies": {`{managedFields: [{manager: gitops, operation: Apply, ` + owns + `}]}`, `the field manager "gitops"`},
		"manager of other fields":      {`{managedFields: [{manager: gitops, operation: Apply, fieldsV1: {"f:spec": {"f:tabby": {}}}}]}`, ""},
		"manager of the status":        {`{managedFields: [{manager: gitops, operation: Apply, subresource: status, ` + owns + `}]}`, ""},
		"itself":                       {`{managedFields: [{manager: kubectl-llm, operation: Apply, ` + owns + `}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, Manager(fixtures.Parse(t, "metadata: "+tc.metadata), "kubectl-llm"))
		})
	}
}

func TestHasFailed(t *testing.T) {
	t.Parallel()
	failed := func(message string) bool {
		return HasFailed(v1alpha1.ModelStatus{Phase: v1alpha1.ModelFailed, Message: message})
	}
	for _, message := range []string{
		"pull model manifest: file does not exist (pod a)",
		"pull model manifest: file does not exist (2 pods, including a)",
		"pull model manifest: 412: The model requires a newer version of Ollama (see there) (pod a)",
		"no space left on device (pod b); pull model manifest: file does not exist (pod a)",
		"invalid model name (pod a)",
	} {
		assert.True(t, failed(message), message)
	}
	for _, message := range []string{
		"", "no space left on device (pod a)", `pull model manifest: Get "https://x/": dial tcp: i/o timeout (pod a)`,
	} {
		assert.False(t, failed(message), message)
	}
	assert.False(t, HasFailed(v1alpha1.ModelStatus{Phase: v1alpha1.ModelPending, Message: "pull model manifest: file does not exist (pod a)"}))
}
