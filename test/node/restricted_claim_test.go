// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/node"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// Data on claims outlive a change to another user and back: nothing is pulled twice, and Tabby finds its
// files in each of its root directories.
func TestRestrictedAndBack(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	const model, embedding = "codellama:34b", "nomic-embed-text:137m"
	require.NoError(t, shared.Models.Add(model, 2_000_000))
	require.NoError(t, shared.Models.Add(embedding, 1_000_000))
	for _, component := range []string{"ollama", "openwebui", "tabby"} {
		s.addLocalVolume(t, "changed-"+component)
	}
	apply := func(security string) {
		s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: changed}
spec:
  security: `+security+`
  ollama:
    models: ["`+model+`", "`+embedding+`"]
    resources: {requests: {cpu: 20m, memory: 64Mi, storage: 1Gi}}
  openwebui:
    enabled: true
    resources: {requests: {cpu: 20m, memory: 32Mi, storage: 1Gi}}
  tabby:
    enabled: true
    resources: {requests: {cpu: 20m, memory: 32Mi, storage: 1Gi}}
`)
		s.ready(t, "changed")
	}
	// check asserts whom the pods run as, that the models are there, and what is in Tabby's root directory.
	check := func(user, root string, notes ...string) {
		t.Helper()
		for _, component := range []string{"ollama", "openwebui", "tabby"} {
			assert.Equal(t, user, s.userOf(t, component), component)
		}
		assert.ElementsMatch(t, []string{model, embedding}, models(t, s.url(t, "changed-ollama", "11434", "/api/tags")))
		assert.Contains(t, s.inPod(t, "tabby", "env"), v1alpha1.TabbyRootEnv+"="+root+"\n")
		assert.Contains(t, s.inPod(t, "tabby", "cat", root+"/config.toml"), model)
		for _, note := range notes {
			assert.Equal(t, note, s.inPod(t, "tabby", "cat", root+"/ee/"+note))
		}
	}
	note := func(root, text string) {
		s.inPod(t, "tabby", "sh", "-c", "printf "+text+" >"+root+"/ee/"+text)
	}
	const root, restrictedRoot = v1alpha1.TabbyDataPath, v1alpha1.TabbyDataPath + "/tabby"

	apply("{profile: Baseline}")
	check("0", root)
	note(root, "first")
	downloads := shared.Models.Downloads(model) + shared.Models.Downloads(embedding)

	user := randomUser()
	apply("{profile: Restricted, runAsUser: " + user + "}")
	check(user, restrictedRoot, "first")
	note(restrictedRoot, "second")
	assert.NotContains(t, s.inPod(t, "tabby", "ls", root), "ee", "it would be another Tabby's")

	apply("{profile: Baseline}")
	check("0", root, "first", "second")
	assert.NotContains(t, s.inPod(t, "tabby", "ls", root), "tabby")
	assert.Equal(t, downloads, shared.Models.Downloads(model)+shared.Models.Downloads(embedding), "downloads")
	// The double appends a line at each start.
	database := s.inPod(t, "openwebui", "cat", v1alpha1.OpenWebUIDataPath+"/webui.db")
	assert.GreaterOrEqual(t, strings.Count(database, "started "), 3)
}

// addLocalVolume creates a volume of the node for a claim of the namespace. The kubelet gives its files to
// the group of the pod, as it does those of most volumes.
func (s *space) addLocalVolume(t *testing.T, claim string) {
	t.Helper()
	name := s.namespace + "-" + claim
	path := sandbox.Dir + "/volumes/" + name
	require.NoError(t, os.MkdirAll(path, 0o755)) //nolint:gosec // as volumes are
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			AccessModes:                   []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			ClaimRef:                      &corev1.ObjectReference{Namespace: s.namespace, Name: claim},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node.Name}}},
			}}}},
		},
	}
	require.NoError(t, s.client.Create(t.Context(), volume))
}
