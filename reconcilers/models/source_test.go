// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// Models of the default registry come from the mirror and have their listed names, and nothing is left of
// the mirror's. Others come from their registries.
func TestMirror(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b", "me/b:1b", "other/me/c:1b"], source: {mirror: "mirror:5000", insecureRegistries: ["mirror:5000"]}}`)
		for _, name := range []string{"a:1b", "me/b:1b"} {
			w.registry.AddEntry(name, ollama.Entry{Away: true})
		}
		w.registry.AddEntry("mirror:5000/library/a:1b", ollama.Entry{Layers: ollama.Layers("a:1b", 1_000_000), PlainHTTP: true})
		w.registry.AddEntry("mirror:5000/me/b:1b", ollama.Entry{Layers: ollama.Layers("me/b:1b", 1_000_000), PlainHTTP: true})
		w.registry.Add("other/me/c:1b", 1_000_000)
		pod := w.addPod(nil)
		w.after(time.Minute)
		assert.Equal(t, []string{"a:1b", "me/b:1b", "other/me/c:1b"}, w.has(pod))
		for _, m := range w.status().Models {
			assert.Equal(t, v1alpha1.ModelPulled, m.Phase)
			assert.NotNil(t, m.LastPulled)
		}
		assert.Nil(t, w.status().Models[0].UpdateAvailable, "what the mirror has is not known")

		w.list("me/b:1b", "other/me/c:1b")
		w.after(time.Minute)
		assert.Equal(t, []string{"me/b:1b", "other/me/c:1b"}, w.has(pod), "it was pulled for the list")
	})
}

// A change of the source is tried at once, also while a pull hangs.
func TestMirrorChanges(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]ollama.Entry{
		"after failures": {Away: true},
		"during a pull":  {Layers: ollama.Layers("a:1b", 1_000_000_000), Rate: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
				w.registry.AddEntry("a:1b", tc)
				w.registry.Add("mirror/library/a:1b", 1_000_000)
				w.after(20 * time.Minute)
				assert.Empty(t, w.has(pod))
				w.edit(func(d *v1alpha1.OllamaDeployment) {
					d.Spec.Ollama.Source = &v1alpha1.ModelSource{Mirror: new("mirror")}
				})
				w.after(10 * time.Second)
				assert.Equal(t, []string{"a:1b"}, w.has(pod))
			})
		})
	}
}

// A model that others rename at the same time is there in the end.
func TestMirrorOfTwoPullers(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"], source: {mirror: mirror}}`, func(t *testing.T, w *world, pod string) {
		w.servers[pod].Inject(ollama.KindCopy, ollama.InternalError)
		w.registry.Add("mirror/library/a:1b", 1_000_000)
		w.after(5 * time.Second)
		assert.Equal(t, []string{"mirror/library/a:1b"}, w.has(pod))
		w.servers[pod].Inject(ollama.KindCopy, ollama.NoFault)
		w.after(time.Minute)
		assert.Equal(t, []string{"a:1b"}, w.has(pod))
		assert.Equal(t, "Pulled 1/1", w.model("a:1b"))
	})
}
