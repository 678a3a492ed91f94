// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// What was known of a failed pull does not count when its pod cannot be reached any more.
func TestUnreachableAfterFailure(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["bad:1b"]}`, func(t *testing.T, w *world, pod string) {
		w.registry.Refuse("bad:1b", 412)
		w.after(20 * time.Second)
		w.network.Remove(pod + ":11434")
		w.list("bad:1b")
		w.after(5 * time.Minute)
		c := modelsPulled(w)
		assert.Equal(t, "Unknown PodsUnreachable", string(c.Status)+" "+c.Reason)
	})
}

// Pods that share a volume never pull at the same time.
func TestSharedVolumeOfUnreadyPod(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b"], replicas: 2, resources: {requests: {storage: 1Gi}}}`)
		w.registry.Add("a:1b", 100_000_000)
		w.registry.SetModelRate("a:1b", 1_000_000)
		volume := ollama.NewVolume()
		one, two := w.addPod(volume), w.addPod(volume)
		w.after(20 * time.Second)
		w.mutex.Lock()
		for i := range w.pods {
			if w.servers[w.pods[i].Name].Running() > 0 {
				w.pods[i].IsReady = false
			}
		}
		w.mutex.Unlock()
		w.wake()
		w.after(10 * time.Second)
		assert.Equal(t, 1, w.servers[one].Running()+w.servers[two].Running())
	})
}

// With Daily, every pod gets the new version, also one that was away when another got it.
func TestDailyInEveryPod(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b"], modelUpdatePolicy: Daily, replicas: 2}`)
		w.registry.Add("a:1b", 1_000_000)
		one, two := w.addPod(nil), w.addPod(nil)
		w.after(23 * time.Hour)
		w.registry.Add("a:1b", 2_000_000)
		w.network.Remove(two + ":11434")
		w.after(90 * time.Minute)
		w.network.Add(two+":11434", w.servers[two])
		w.after(3 * time.Hour)
		assert.Equal(t, w.digest(one), w.digest(two))
	})
}

// Nothing is said to be deleted if the policy changes to Keep.
func TestKeepDeletesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b","b:1b"]}`)
		w.registry.Add("a:1b", 1_000_000)
		w.registry.Add("b:1b", 1_000_000)
		pod := w.addPod(nil)
		w.after(time.Minute)
		w.network.Remove(pod + ":11434")
		w.list("a:1b")
		w.after(time.Minute)
		before := w.status()
		keep := v1alpha1.ModelRemovalKeep
		w.edit(func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.ModelRemovalPolicy = &keep })
		for _, e := range status.Events(w.object, before, w.status()) {
			assert.NotEqual(t, status.EventModelDeleted, e.Reason, e.Message)
		}
	})
}

// A copy that was in a pod before the model was listed stays, whatever another pod lacked.
func TestOnePodHadIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b"], replicas: 2}`)
		w.registry.Add("a:1b", 1_000_000)
		w.registry.Add("b:1b", 1_000_000)
		one := w.addPod(nil)
		w.addPod(nil)
		w.servers[one].Put("b:1b")
		w.after(time.Hour)
		w.list("a:1b", "b:1b")
		w.after(time.Hour)
		w.list("a:1b")
		w.after(time.Hour)
		assert.Equal(t, []string{"a:1b", "b:1b"}, w.has(one))
	})
}

// A manager that restarts writes no status of an object at rest.
func TestManagerRestartsAtRest(t *testing.T) {
	t.Parallel()
	inWorld(t, `{models: ["a:1b"]}`, func(t *testing.T, w *world, _ string) {
		w.registry.Add("a:1b", 1_000_000)
		w.after(time.Hour)
		before := w.statuses
		w.stopManager()
		w.start()
		w.after(time.Hour)
		assert.Equal(t, before, w.statuses)
	})
}
