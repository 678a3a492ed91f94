// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// Whatever the order of edits, kills and faults: in the end every pod has all listed models, models that
// were removed are gone, and those that were there before are left alone.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { anyOrder(t, rand.New(rand.NewPCG(seed, 0))) }) //nolint:gosec // a failure has to happen again
		})
	}
}

// listable are the models that are listed; foreign ones are never.
var (
	listable = []v1alpha1.OllamaModel{"a:1b", "b:1b", "c:1b", "d:1b", "e:1b"}
	foreign  = []string{"other:1b", "another:7b"}
)

func anyOrder(t *testing.T, random *rand.Rand) {
	w := newWorld(t, `{models: ["a:1b"], resources: {requests: {storage: 1Gi}}`+[]string{"", ", modelUpdatePolicy: Daily", ", modelUpdatePolicy: OnRollout"}[random.IntN(3)]+`}`)
	for i, name := range listable {
		w.registry.Add(string(name), int64(i+1)*3_000_000)
	}
	w.registry.SetRate(1_000_000)
	volume := ollama.NewVolume()
	before := ollama.NewServer(w.registry)
	before.Volume = volume
	for _, name := range foreign {
		w.registry.Add(name, 1_000_000)
		before.Put(name)
	}
	pod := w.addPod(volume)
	kinds := []ollama.Kind{ollama.KindList, ollama.KindPull, ollama.KindDelete}
	faults := []ollama.Fault{ollama.InternalError, ollama.Redirect, ollama.Garbage, ollama.ErrorLine, ollama.SlowHeaders, ollama.SlowBody, ollama.Stall, ollama.Cut, ollama.EndEarly, ollama.Repeat, ollama.Huge}
	steps := []func(){
		func() { w.list(someModels(random)...) },
		func() { w.list(someModels(random)...) },
		func() { w.after(time.Duration(random.IntN(600)) * time.Second) },
		func() { w.servers[pod].Volume.Delete(string(listable[random.IntN(len(listable))])) },
		func() { w.removePod(pod); w.after(time.Second); pod = w.addPod(volume) },
		func() { w.stopManager(); w.after(time.Duration(random.IntN(60)) * time.Second); w.start() },
		func() { w.registry.SetAway(random.IntN(2) == 0) },
		func() { w.servers[pod].Inject(kinds[random.IntN(3)], faults[random.IntN(len(faults))]) },
		func() { w.network.Remove(pod + ":11434") },
		func() { w.network.Add(pod+":11434", w.servers[pod]) },
		func() { w.refresh(fmt.Sprint(random.Int())) },
	}
	for range 25 {
		steps[random.IntN(len(steps))]()
		w.after(time.Duration(random.IntN(5000)) * time.Millisecond)
	}
	w.network.Remove(pod + ":11434")
	w.network.Add(pod+":11434", w.servers[pod])
	for _, kind := range kinds {
		w.servers[pod].Inject(kind, ollama.NoFault)
	}
	w.registry.SetAway(false)
	w.after(2 * time.Hour)

	want := slices.Clone(foreign)
	for _, name := range w.object.Spec.Ollama.Models {
		want = append(want, string(name))
	}
	slices.Sort(want)
	assert.Equal(t, want, w.has(pod))
	assert.Equal(t, "True", string(modelsPulled(w).Status))
	assert.Empty(t, w.status().RemovedModels)
	assert.Zero(t, w.servers[pod].Running())
}

// someModels returns a list of models in a random order.
func someModels(random *rand.Rand) []v1alpha1.OllamaModel {
	models := slices.Clone(listable)
	random.Shuffle(len(models), func(i, j int) { models[i], models[j] = models[j], models[i] })
	return models[:1+random.IntN(len(models))]
}
