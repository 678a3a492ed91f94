// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/commands"
	"github.com/geeper-io/llm-operator/test/node/images"
	registry "github.com/geeper-io/llm-operator/test/node/models"
)

// addModelImage adds an image with models.
func addModelImage(t *testing.T, image string, names ...string) {
	t.Helper()
	packed := map[string]images.File{}
	for _, name := range names {
		files, err := registry.Files(name, 1_000_000)
		require.NoError(t, err)
		for path, data := range files {
			packed["/models/"+path] = images.File{Data: data, Mode: 0o644}
		}
	}
	layer, err := images.Files(packed)
	require.NoError(t, err)
	require.NoError(t, shared.Images.Add(image, images.Config{}, layer))
}

// links returns the layers that are links.
func (s *space) links(t require.TestingT, home string) []string {
	return strings.Fields(s.inPod(t, "ollama", "find", home+"/.ollama/models/blobs", "-type", "l"))
}

// What an image has is served with the registry away, and what it does not have is pulled beside it. A model that is
// pulled over that of an image stays when the image goes, and the others go with it. Nothing of an image is pulled
// or deleted by the operator, nor pruned by the server.
func TestModelImages(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.addLocalVolume(t, "packed-ollama")
	addModelImage(t, "models/packed:1", "packed:1b", "unlisted:1b")
	for _, model := range []string{"packed:1b", "packed-beside:1b"} {
		require.NoError(t, shared.Models.Add(model, 2_000_000))
		shared.Models.SetMode(model, registry.Away)
	}
	apply := func(models, images string) {
		s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: packed}
spec:
  ollama:
    models: [`+models+`]
    modelImages: [`+images+`]
    resources: {requests: {cpu: 20m, memory: 64Mi, storage: 1Gi}}
`)
		s.ready(t, "packed")
	}
	const image = `{reference: "registry.example.com/models/packed:1"}`
	apply(`"packed:1b"`, image)
	tags := s.url(t, "packed-ollama", "11434", "/api/tags")
	assert.ElementsMatch(t, []string{"packed:1b", "unlisted:1b"}, models(t, tags))
	status := s.modelStatus(t, "packed", "packed:1b")
	assert.Equal(t, v1alpha1.ModelPulled, status.Phase)
	assert.Nil(t, status.LastPulled)
	assert.Zero(t, shared.Models.Requests("packed:1b"), "requests to the registry")
	assert.Len(t, s.links(t, "/root"), 4)

	// The server prunes when it starts what no model has and is older than an hour.
	s.inPod(t, "ollama", "sh", "-c", "touch -h -d '3 hours ago' /root/.ollama/models/blobs/*")
	pod := s.pod(t, "ollama")
	killOllama(t, pod)
	s.restarted(t, pod)
	s.ready(t, "packed")
	shared.Models.SetMode("packed-beside:1b", registry.Up)
	apply(`"packed:1b", "packed-beside:1b"`, image)
	assert.ElementsMatch(t, []string{"packed:1b", "unlisted:1b", "packed-beside:1b"}, models(t, tags))
	assert.NotNil(t, s.modelStatus(t, "packed", "packed-beside:1b").LastPulled)
	assert.Equal(t, pod.UID, s.pod(t, "ollama").UID)

	shared.Models.SetMode("packed:1b", registry.Up)
	s.kubectl(t, "annotate", "ollamadeployment", "packed", v1alpha1.AnnotationRefreshModels+"=once")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, "once", s.get(c, "packed").Status.LastModelRefresh)
		assert.NotEqual(c, status.Digest, s.modelStatus(c, "packed", "packed:1b").Digest)
	}, patience, tick)
	assert.Equal(t, 1, shared.Models.Downloads("packed:1b"))
	assert.Nil(t, s.modelStatus(t, "packed", "packed:1b").LastPulled)

	apply(`"packed:1b", "packed-beside:1b"`, "")
	assert.NotEqual(t, pod.UID, s.pod(t, "ollama").UID)
	assert.ElementsMatch(t, []string{"packed:1b", "packed-beside:1b"}, models(t, tags))
	assert.Empty(t, s.links(t, "/root"))
	assert.Equal(t, 1, shared.Models.Downloads("packed:1b"))
}

// Restricted pods have images with models, which Pod Security allows. One image takes the place of
// another.
func TestModelImagesOfRestrictedPods(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.kubectl(t, "label", "namespace", s.namespace, "pod-security.kubernetes.io/enforce=restricted")
	addModelImage(t, "models/restricted:1", "first:1b", "same:1b")
	addModelImage(t, "models/restricted:2", "second:1b", "same:1b")
	user := randomUser()
	apply := func(model, tag string) {
		s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: restricted}
spec:
  security: {profile: Restricted, runAsUser: `+user+`}
  ollama:
    models: ["`+model+`"]
    modelImages: [{reference: "registry.example.com/models/restricted:`+tag+`", pullPolicy: Always}]
    resources: {requests: {cpu: 20m, memory: 64Mi}}
`)
		s.ready(t, "restricted")
	}
	apply("first:1b", "1")
	tags := s.url(t, "restricted-ollama", "11434", "/api/tags")
	assert.ElementsMatch(t, []string{"first:1b", "same:1b"}, models(t, tags))
	assert.Equal(t, user, s.userOf(t, "ollama"))
	assert.Len(t, s.links(t, v1alpha1.RestrictedOllamaHome), 4)
	apply("second:1b", "2")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.ElementsMatch(c, []string{"second:1b", "same:1b"}, models(c, tags))
	}, patience, tick)
}

// Pods that share a volume link an image together.
func TestModelImagesOnSharedStorage(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.addVolume(t, corev1.ReadWriteMany)
	addModelImage(t, "models/shared:1", "first:1b", "same:1b")
	addModelImage(t, "models/shared:2", "second:1b", "same:1b")
	apply := func(model, tag string) {
		s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: shared}
spec:
  ollama:
    models: ["`+model+`"]
    replicas: 2
    modelImages: [{reference: "registry.example.com/models/shared:`+tag+`"}]
    resources: {requests: {cpu: 20m, memory: 64Mi, storage: 1Gi}}
`)
		s.ready(t, "shared")
	}
	apply("first:1b", "1")
	for _, pod := range s.pods(t, "ollama") {
		assert.ElementsMatch(t, []string{"first:1b", "same:1b"}, models(t, "http://"+pod.Status.PodIP+":11434/api/tags"))
	}
	apply("second:1b", "2")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		pods := s.pods(c, "ollama")
		assert.Len(c, pods, 2)
		for _, pod := range pods {
			assert.ElementsMatch(c, []string{"second:1b", "same:1b"}, models(c, "http://"+pod.Status.PodIP+":11434/api/tags"))
		}
	}, patience, tick)
}

// What is wrong with an image is in the status: that no registry has it, or that it has no models.
func TestModelImageUnusable(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	layer, err := images.Files(map[string]images.File{"/readme.txt": {Mode: 0o644}})
	require.NoError(t, err)
	require.NoError(t, shared.Images.Add("models/empty:1", images.Config{}, layer))
	for name, tc := range map[string]struct{ reference, message string }{
		"missing": {"registry.example.com/models/missing:1", "image registry.example.com/models/missing:1: "},
		"empty":   {"registry.example.com/models/empty:1", "the image registry.example.com/models/empty:1 has no models"},
	} {
		s.apply(t, object(name, "unusable:1b", "    modelImages: [{reference: \""+tc.reference+"\"}]\n"))
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			degraded := s.condition(c, name, v1alpha1.ConditionDegraded)
			assert.Equal(c, metav1.ConditionTrue, degraded.Status)
			assert.Contains(c, degraded.Message, tc.message)
		}, patience, tick)
	}
}

// What "kubectl llm pack" makes of Ollama's folder on another machine is served without any registry of models.
func TestPackedModels(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	folder, archive := t.TempDir(), filepath.Join(t.TempDir(), "image.tar")
	for _, name := range []string{"carried:1b", "carried-too:1b"} {
		files, err := registry.Files(name, 1_000_000)
		require.NoError(t, err)
		for path, data := range files {
			path = filepath.Join(folder, path)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
	}
	streams, _, _, errs := genericiooptions.NewTestIOStreams()
	plugin := commands.New(streams)
	plugin.SetArgs([]string{"pack", "carried:1b", "carried-too:1b", "--models", folder, "--tag", "models/carried:1", "-o", archive})
	require.NoError(t, plugin.ExecuteContext(t.Context()), errs.String())
	require.NoError(t, shared.Images.AddArchive("models/carried:1", archive))

	s.apply(t, object("carried", `carried:1b", "carried-too:1b`, "    modelImages: [{reference: \"registry.example.com/models/carried:1\"}]\n"))
	s.ready(t, "carried")
	assert.ElementsMatch(t, []string{"carried:1b", "carried-too:1b"}, models(t, s.url(t, "carried-ollama", "11434", "/api/tags")))
	assert.Equal(t, "2/2", s.get(t, "carried").Status.ModelsReady)
}
