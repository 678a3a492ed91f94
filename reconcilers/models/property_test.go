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

// Whatever the order of edits, kills, faults and jumps of the clock: in the end every pod has all listed models, models that
// were pulled for the list and removed from it are gone, if that is on record, and those that were there
// before are left alone.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(280) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a failure has to happen again
				anyOrder(t, random, settings[seed%uint64(len(settings))])
			})
		})
	}
}

// A setting is where models are kept. In the first, only the operator can bring them, to one pod.
type setting struct {
	pods int
	// claim reports whether all pods have the same volume, which outlives them.
	claim bool
	// pullers reports whether pods pull models by themselves, too.
	pullers bool
	// jumps reports whether the manager's clock jumps. Whether a model was there before it was listed is told by the
	// clocks of both, so that one of those may go, or stay, wrongly.
	jumps bool
}

var settings = []setting{
	{pods: 1, claim: true},
	{pods: 1, claim: true, pullers: true},
	{pods: 2, claim: true},
	{pods: 2, claim: true, pullers: true},
	{pods: 1},
	{pods: 2},
	{pods: 2, pullers: true},
	{pods: 2, claim: true, jumps: true},
}

// early is a model that the pods have before it is listed.
const early = "early:1b"

// listable are the models that are listed; foreign ones are never.
var (
	listable = []v1alpha1.OllamaModel{"a:1b", "b:1b", "c:1b", "d:1b", early}
	foreign  = []string{"other:1b", "another:7b"}
)

func anyOrder(t *testing.T, random *rand.Rand, where setting) {
	storage := ""
	if where.claim {
		storage = ", resources: {requests: {storage: 1Gi}}"
	}
	policy := []string{"", ", modelUpdatePolicy: Daily", ", modelUpdatePolicy: OnRollout"}[random.IntN(3)]
	w := newWorld(t, fmt.Sprintf(`{models: ["a:1b"], replicas: %d%s%s}`, where.pods, storage, policy))
	for i, name := range listable {
		w.registry.Add(string(name), int64(i+1)*3_000_000)
	}
	for _, name := range foreign {
		w.registry.Add(name, 1_000_000)
	}
	w.registry.SetRate(1_000_000)
	volumes, pods := make([]*ollama.Volume, where.pods), make([]string, where.pods)
	hadModels := map[*ollama.Volume]bool{}
	for i := range volumes {
		if volumes[i] = ollama.NewVolume(); where.claim {
			volumes[i] = volumes[0]
		}
		hadModels[volumes[i]] = true
		before := ollama.NewServer(w.registry)
		before.Volume = volumes[i]
		for _, name := range append([]string{early}, foreign...) {
			before.Put(name)
		}
	}
	w.after(time.Minute)
	for i := range pods {
		pods[i] = w.addPod(volumes[i])
	}
	anyPod := func() int { return random.IntN(len(pods)) }
	server := func() *ollama.Server { return w.servers[pods[anyPod()]] }
	kinds := []ollama.Kind{ollama.KindList, ollama.KindPull, ollama.KindDelete}
	faults := []ollama.Fault{ollama.InternalError, ollama.Redirect, ollama.Garbage, ollama.ErrorLine, ollama.SlowHeaders, ollama.SlowBody, ollama.Stall, ollama.Cut, ollama.EndEarly, ollama.Repeat, ollama.Huge}
	steps := []func(){
		func() { w.list(someModels(random)...) },
		func() { w.list(someModels(random)...) },
		func() { w.after(time.Duration(random.IntN(600)) * time.Second) },
		func() { server().Volume.Delete(string(listable[random.IntN(len(listable)-1)])) },
		func() {
			i := anyPod()
			w.removePod(pods[i])
			w.after(time.Second)
			if !where.claim {
				volumes[i] = ollama.NewVolume()
			}
			pods[i] = w.addPod(volumes[i])
		},
		func() { w.stopManager(); w.after(time.Duration(random.IntN(60)) * time.Second); w.start() },
		func() { w.registry.SetAway(random.IntN(2) == 0) },
		func() { server().Inject(kinds[random.IntN(3)], faults[random.IntN(len(faults))]) },
		func() { w.network.Remove(pods[anyPod()] + ":11434") },
		func() { i := anyPod(); w.network.Add(pods[i]+":11434", w.servers[pods[i]]) },
		func() { w.refresh(fmt.Sprint(random.Int())) },
	}
	if where.jumps {
		steps = append(steps, func() { w.jump(time.Duration(random.IntN(3600)-1800) * time.Second) })
	}
	if where.pullers {
		steps = append(steps, func() {
			puller := server()
			for _, name := range w.object.Spec.Ollama.Models {
				if !slices.Contains(puller.Volume.Models(), string(name)) {
					puller.Put(string(name))
				}
			}
		})
	}
	for range 25 {
		steps[random.IntN(len(steps))]()
		w.after(time.Duration(random.IntN(5000)) * time.Millisecond)
	}
	for _, pod := range pods {
		w.network.Remove(pod + ":11434")
		w.network.Add(pod+":11434", w.servers[pod])
		for _, kind := range kinds {
			w.servers[pod].Inject(kind, ollama.NoFault)
		}
	}
	w.registry.SetAway(false)
	w.after(2 * time.Hour)

	for i, pod := range pods {
		var want []string
		if hadModels[volumes[i]] {
			want = append(want, foreign...)
		}
		if hadModels[volumes[i]] && !where.jumps {
			want = append(want, early)
		}
		for _, name := range w.object.Spec.Ollama.Models {
			want = append(want, string(name))
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if where.pods == 1 && !where.pullers {
			assert.Equal(t, want, w.has(pod))
		} else {
			assert.Subset(t, w.has(pod), want) // what was pulled while a pod was away may not be on record, and stays
		}
		assert.Zero(t, w.servers[pod].Running())
	}
	assert.Equal(t, "True", string(modelsPulled(w).Status))
	assert.Empty(t, w.status().RemovedModels)
}

// someModels returns a list of models in a random order.
func someModels(random *rand.Rand) []v1alpha1.OllamaModel {
	models := slices.Clone(listable)
	random.Shuffle(len(models), func(i, j int) { models[i], models[j] = models[j], models[i] })
	return models[:1+random.IntN(len(models))]
}
