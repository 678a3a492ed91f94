// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// A pull that ends while pods are asked is not begun again, and its model is not reported as missing,
// although the answer of its pod is older.
func TestPullEndsDuringLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b"], replicas: 2}`)
		w.registry.Add("a:1b", 10_000_000)
		w.registry.SetModelRate("a:1b", 1_000_000)
		one, two := w.addPod(nil), w.addPod(nil)
		w.servers[two].Put("a:1b")
		w.after(7 * time.Second)
		w.servers[two].Inject(ollama.KindList, ollama.SlowHeaders)
		w.list("a:1b")
		w.after(20 * time.Second)
		assert.Equal(t, []string{"Pending", "Pulling", "Pulled"}, w.phases)
		pulls := 0
		for _, request := range w.servers[one].Log.Requests() {
			if request.Kind == ollama.KindPull {
				pulls++
			}
		}
		assert.Equal(t, 1, pulls)
	})
}

// A manager that stops reports nothing of pods whose answers it does not wait for.
func TestManagerStopsDuringLook(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.servers[pod].Inject(ollama.KindList, ollama.SlowHeaders)
		w.after(time.Second)
		before := w.statuses
		w.stopManager()
		assert.Equal(t, before, w.statuses, modelsPulled(w).Message)
	})
}

// Models that are not listed are not reported, however many a pod has.
func TestOtherModels(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		for i := range 100 {
			name := fmt.Sprintf("other:%d", i)
			w.registry.Add(name, 1_000_000)
			w.servers[pod].Put(name)
		}
		w.after(time.Minute)
		assert.Len(t, w.keeper.Observed(w.object).Pods[0].Models, 1)
	})
}

// The failure of an update is over when nothing is to be updated any more, and that of a pull when the
// pod has the model, whoever has pulled it.
func TestFailureIsOver(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		has bool
		end func(w *world, pod string)
	}{
		"update, and the policy is Never": {true, func(w *world, _ string) {
			w.edit(func(d *v1alpha1.OllamaDeployment) {
				d.Spec.Ollama.ModelUpdatePolicy = ptr.To(v1alpha1.ModelUpdateNever)
			})
		}},
		"pull, and the pod has pulled it": {false, func(w *world, pod string) {
			w.registry.SetAway(false)
			w.servers[pod].Put("a:1b")
			w.registry.SetAway(true)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, `{models: ["a:1b"], modelUpdatePolicy: Daily}`, func(t *testing.T, w *world, pod string) {
				w.registry.Add("a:1b", 1_000_000)
				if tc.has {
					w.after(time.Minute)
				}
				w.registry.SetAway(true)
				w.after(25 * time.Hour)
				assert.NotEmpty(t, w.status().Models[0].Message)
				tc.end(w, pod)
				w.after(11 * time.Minute)
				assert.Equal(t, "Pulled 1/1", w.model("a:1b"))
				assert.Empty(t, w.keeper.Observed(w.object).Pods[0].Pulls["a:1b"].Failure)
			})
		})
	}
}

// A copy with a time in the future, of a clock that was wrong, is updated like others.
func TestUpdateOfFuture(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"], modelUpdatePolicy: Daily}`, func(t *testing.T, w *world, pod string) {
		w.registry.Add("a:1b", 1_000_000)
		w.after(time.Minute)
		w.servers[pod].Volume.Touch("a:1b", time.Now().AddDate(50, 0, 0))
		before := w.digest(pod)
		w.registry.Add("a:1b", 2_000_000)
		w.stopManager()
		w.start()
		w.after(25 * time.Hour)
		assert.NotEqual(t, before, w.digest(pod))
	})
}
