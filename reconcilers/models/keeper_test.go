// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// inWorld runs a test with an object of these models and one pod.
func inWorld(t *testing.T, spec string, test func(t *testing.T, w *world, pod string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, spec)
		test(t, w, w.addPod(nil))
	})
}

// Missing models are pulled in the order of the list, and what is known of them is reported.
func TestPull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b", "b:1b"]}`)
		w.registry.Add("a:1b", 30_000_000)
		w.registry.Add("b:1b", 1_000_000)
		w.registry.SetModelRate("a:1b", 1_000_000)
		pod := w.addPod(nil)
		w.after(11 * time.Second)
		assert.Regexp(t, `^Pulling 0/1 3\d%$`, w.model("a:1b"))
		assert.Equal(t, "Pending 0/1", w.model("b:1b"))
		w.after(30 * time.Second)
		assert.Equal(t, "Pulled 1/1", w.model("a:1b"))
		assert.Equal(t, "Pulled 1/1", w.model("b:1b"))
		assert.Equal(t, []string{"a:1b", "b:1b"}, w.has(pod))
		assert.Equal(t, "2/2", w.status().ModelsReady)
		for _, m := range w.status().Models {
			assert.NotNil(t, m.LastPulled)
			assert.Len(t, m.Digest, 64)
		}
	})
}

// A model that the registry refuses is named at once and holds up none behind it. It is tried again.
func TestBadModel(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		refuse func(*ollama.Registry)
		want   string
	}{
		"not there":   {func(r *ollama.Registry) { r.Refuse("bad:1b", 404) }, "Failed 0/1 pull model manifest: file does not exist (pod pod-1)"},
		"needs newer": {func(r *ollama.Registry) { r.Refuse("bad:1b", 412) }, "requires a newer version of Ollama"},
		"unavailable": {func(r *ollama.Registry) { r.Refuse("bad:1b", 500) }, "Failed 0/1 pull model manifest: 500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, `{models: ["bad:1b", "good:1b"]}`, func(t *testing.T, w *world, pod string) {
				tc.refuse(w.registry)
				w.registry.Add("good:1b", 1_000_000)
				w.after(5 * time.Second)
				assert.Contains(t, w.model("bad:1b"), tc.want)
				assert.Equal(t, []string{"good:1b"}, w.has(pod))
				w.after(time.Minute)
				assert.Contains(t, w.model("bad:1b"), tc.want)
				w.registry.Add("bad:1b", 1_000_000)
				w.after(longestBackoff)
				assert.Equal(t, "Pulled 1/1", w.model("bad:1b"))
			})
		})
	}
}

// longestBackoff is longer than any pause between two attempts.
const longestBackoff = 6 * time.Minute

// At rest, a pod is asked every ten minutes and nothing else happens.
func TestRest(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		w.after(time.Minute)
		statuses, dials := w.statuses, w.network.Dials()
		w.after(5 * time.Hour)
		assert.Equal(t, statuses, w.statuses, "statuses")
		assert.InDelta(t, 30, w.network.Dials()-dials, 3, "requests")
		assert.Zero(t, w.servers[pod].Running())
	})
}

// A model that somebody deletes is back after the next look.
func TestLostModel(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		w.after(time.Minute)
		w.servers[pod].Volume.Delete("a:1b")
		w.after(12 * time.Minute)
		assert.Equal(t, []string{"a:1b"}, w.has(pod))
	})
}

// A model that is removed from the list is deleted if it was pulled for the list, and stays otherwise.
func TestRemoval(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec     string
		there    bool
		want     []string
		recorded bool
	}{
		"pulled for the list":   {"", false, []string{"a:1b", "other:1b"}, true},
		"there before":          {"", true, []string{"a:1b", "b:1b", "other:1b"}, false},
		"policy Keep":           {", modelRemovalPolicy: Keep", false, []string{"a:1b", "b:1b", "other:1b"}, false},
		"updated, there before": {", modelUpdatePolicy: Daily", true, []string{"a:1b", "b:1b", "other:1b"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, `{models: ["a:1b"]`+tc.spec+`}`)
				for _, model := range []string{"a:1b", "b:1b", "other:1b"} {
					w.registry.Add(model, 1_000_000)
				}
				volume := ollama.NewVolume()
				server := ollama.NewServer(w.registry)
				server.Volume = volume
				server.Put("other:1b")
				if tc.there {
					server.Put("b:1b")
				}
				w.after(time.Minute)
				w.list("a:1b", "b:1b")
				pod := w.addPod(volume)
				w.after(25 * time.Hour)
				assert.Equal(t, []string{"a:1b", "b:1b", "other:1b"}, w.has(pod))
				w.list("a:1b")
				w.after(time.Second)
				assert.Equal(t, tc.want, w.has(pod))
				assert.Equal(t, tc.recorded, len(w.status().RemovedModels) == 1)
				// A list that lags behind brings it back.
				if tc.recorded {
					server.Put("b:1b")
				}
				w.after(20 * time.Minute)
				assert.Equal(t, tc.want, w.has(pod))
				assert.Empty(t, w.status().RemovedModels)
			})
		})
	}
}

// A model that is listed again while it is being removed stays, and is still one of the list.
func TestListedAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b", "b:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		w.registry.Add("b:1b", 1_000_000)
		w.after(time.Minute)
		w.removePod(pod)
		w.list("a:1b")
		w.after(time.Minute)
		assert.Len(t, w.status().RemovedModels, 1)
		w.list("a:1b", "b:1b")
		assert.Empty(t, w.status().RemovedModels)
		again := w.addPod(nil)
		w.after(time.Minute)
		assert.Equal(t, []string{"a:1b", "b:1b"}, w.has(again))
		w.list("a:1b")
		w.after(time.Second)
		assert.Equal(t, []string{"a:1b"}, w.has(again))
	})
}

// A pod that cannot be reached is reported, and nothing else suffers.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		w.after(time.Minute)
		w.network.Remove(pod + ":11434")
		w.list("a:1b")
		w.after(10 * time.Second)
		assert.Equal(t, v1alpha1.ReasonAllModelsPulled, modelsPulled(w).Reason, "as it was a moment ago")
		w.after(2 * time.Minute)
		condition := modelsPulled(w)
		assert.Equal(t, "Unknown PodsUnreachable", string(condition.Status)+" "+condition.Reason)
		assert.Contains(t, condition.Message, "connection refused (pod pod-1); allow connections")
		w.network.Add(pod+":11434", w.servers[pod])
		w.after(12 * time.Minute)
		assert.Equal(t, "Pulled 1/1", w.model("a:1b"))
	})
}

// A manager that restarts continues the pull where it was.
func TestManagerRestarts(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 60_000_000)
		w.registry.SetModelRate("a:1b", 1_000_000)
		w.after(30 * time.Second)
		w.stopManager()
		assert.Zero(t, w.servers[pod].Running(), "the last who waits has left")
		w.start()
		w.after(40 * time.Second)
		assert.Equal(t, "Pulled 1/1", w.model("a:1b"))
		w.after(time.Minute)
		assert.NotNil(t, w.status().Models[0].LastPulled)
	})
}

// Pods that share a volume pull once.
func TestSharedVolume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b"], replicas: 2, resources: {requests: {storage: 1Gi}}}`)
		w.registry.Add("a:1b", 10_000_000)
		w.registry.SetModelRate("a:1b", 1_000_000)
		volume := ollama.NewVolume()
		one, two := w.addPod(volume), w.addPod(volume)
		w.after(time.Minute)
		assert.Equal(t, 0, min(w.servers[one].Started(), w.servers[two].Started()))
		assert.Equal(t, "Pulled 2/2", w.model("a:1b"))
	})
}

// Models whose tags move are pulled again as the policy says, and when the object asks for it.
func TestUpdates(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy  string
		cause   func(w *world, pod string)
		updated bool
	}{
		"never":                       {"Never", func(w *world, _ string) { w.after(100 * time.Hour) }, false},
		"never, but asked for":        {"Never", func(w *world, _ string) { w.refresh("now") }, true},
		"daily, before a day is over": {"Daily", func(w *world, _ string) { w.after(20 * time.Hour) }, false},
		"daily":                       {"Daily", func(w *world, _ string) { w.after(25 * time.Hour) }, true},
		"on a rollout":                {"OnRollout", func(w *world, pod string) { w.rollOut(pod) }, true},
		"on no rollout":               {"OnRollout", func(w *world, _ string) { w.after(100 * time.Hour) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, `{models: ["a:1b"], modelUpdatePolicy: `+tc.policy+`}`, func(t *testing.T, w *world, pod string) {
				w.registry.Add("a:1b", 1_000_000)
				w.after(time.Minute)
				before := w.status().Models[0].Digest
				w.registry.Add("a:1b", 2_000_000)
				tc.cause(w, pod)
				w.after(15 * time.Minute)
				assert.Equal(t, tc.updated, before != w.status().Models[0].Digest)
				assert.Equal(t, "Pulled 1/1", w.model("a:1b"))
			})
		})
	}
}

// An update that fails leaves the model served, and the status says why until one succeeds.
func TestFailedUpdate(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"], modelUpdatePolicy: Daily}`, func(t *testing.T, w *world, _ string) {
		w.registry.Add("a:1b", 1_000_000)
		w.after(time.Minute)
		require.Equal(t, "Pulled 1/1", w.model("a:1b"))
		w.registry.SetAway(true)
		w.after(25 * time.Hour)
		failed := w.status().Models[0]
		assert.Equal(t, v1alpha1.ModelPulled, failed.Phase)
		assert.Contains(t, failed.Message, "the update failed: ")
		assert.Contains(t, failed.Message, "(pod pod-1)")
		w.registry.SetAway(false)
		w.after(10 * time.Minute)
		assert.Empty(t, w.status().Models[0].Message)
	})
}

// That the registry has another version is reported, once a day for all objects, until the pods have it.
func TestUpdateAvailable(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, _ string) {
		w.registry.Add("a:1b", 1_000_000)
		available := func() any { return ptr.Deref(w.status().Models[0].UpdateAvailable, false) }
		w.after(time.Hour)
		require.NotNil(t, w.status().Models[0].UpdateAvailable)
		assert.Equal(t, false, available())
		w.registry.Add("a:1b", 2_000_000)
		w.after(30 * time.Hour)
		assert.Equal(t, true, available())
		assert.Equal(t, 2+1, w.checks, "one after the pull, and one a day")
		w.refresh("now")
		w.after(time.Hour)
		assert.Equal(t, false, available())
	})
}

// While the object is paused, nothing is pulled or deleted, and what the pods have is still reported.
func TestPaused(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b", "b:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		w.registry.Add("b:1b", 1_000_000)
		w.registry.Add("c:1b", 600_000_000)
		w.registry.SetModelRate("c:1b", 1_000_000)
		w.after(time.Minute)
		require.Equal(t, []string{"a:1b", "b:1b"}, w.has(pod))
		w.list("a:1b", "b:1b", "c:1b")
		w.after(time.Minute)
		require.Regexp(t, "^Pulling", w.model("c:1b"))

		w.edit(func(d *v1alpha1.OllamaDeployment) {
			d.Spec.Paused, d.Spec.Ollama.Models = new(true), []v1alpha1.OllamaModel{"b:1b", "c:1b"}
		})
		w.after(time.Hour)
		assert.Equal(t, []string{"a:1b", "b:1b"}, w.has(pod))
		assert.Equal(t, "Pulled 1/1", w.model("b:1b"))
		assert.Regexp(t, "^Pending 0/1", w.model("c:1b"))

		w.edit(func(d *v1alpha1.OllamaDeployment) { d.Spec.Paused = nil })
		w.after(time.Hour)
		assert.Equal(t, []string{"b:1b", "c:1b"}, w.has(pod))
	})
}
