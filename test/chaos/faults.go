// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// Faults injects faults into a cluster, one after the other.
type faults struct {
	generator
	cluster *cluster.Cluster
	api     client.Client
	proxy   *proxy
	ollama  ollama.Control
	tally   *tally
	manager string
	count   int // of managers
	// spoiled are the addresses of the pods of Ollama that have ever misbehaved.
	spoiled map[string]bool
}

// A fault is something that goes wrong.
type fault struct {
	name   string
	weight int
	// endsManagers reports whether managers end because of it.
	endsManagers bool
	do           func(*faults, context.Context) error
}

var allFaults = []fault{
	{"manager killed", 16, true, (*faults).killOne},
	{"all managers killed", 6, true, (*faults).killAll},
	{"leader replaced", 5, true, (*faults).replace},
	{"API server restarted", 6, true, (*faults).restartAPIServer},
	{"etcd paused", 10, false, (*faults).pauseEtcd},
	{"webhooks away", 8, false, (*faults).misdirectWebhooks},
	{"certificate rotated", 6, false, (*faults).rotate},
	{"watches cut", 8, false, (*faults).cutWatches},
	{"requests fail", 14, false, (*faults).changeChance},
	{"Ollama lies or hangs", 14, false, (*faults).spoilOllama},
	{"Ollama recovers", 5, false, (*faults).healOllama},
}

// Bounds of the pauses of the faults.
const (
	maxBetween = 4 * time.Second
	maxPaused  = 5 * time.Second
	maxAway    = 4 * time.Second
)

// run injects faults until the context ends, those that end managers only if that is allowed.
func (f *faults) run(ctx context.Context, endManagers bool) error {
	choices, total := make([]fault, 0, len(allFaults)), 0
	for _, one := range allFaults {
		if endManagers || !one.endsManagers {
			choices, total = append(choices, one), total+one.weight
		}
	}
	f.proxy.storm(0.08, endManagers)
	for ctx.Err() == nil {
		at := f.Intn(total)
		for _, one := range choices {
			if at -= one.weight; at < 0 {
				f.tally.add(groupFault, one.name, 1)
				if err := one.do(f, context.WithoutCancel(ctx)); err != nil {
					return fmt.Errorf("%s: %w", one.name, err)
				}
				break
			}
		}
		wait(ctx, f.upTo(maxBetween))
		if err := f.restartManagers(); err != nil {
			return err
		}
	}
	return nil
}

// end ends all faults that last, also in requests that they have taken hold of: a pull that stalls counts as failed
// only after five minutes.
func (f *faults) end(ctx context.Context) error {
	f.proxy.storm(0, false)
	if err := f.healOllama(ctx); err != nil {
		return err
	}
	for address := range f.spoiled {
		_ = f.ollama.HangUp(address) // the pod may be gone
	}
	clear(f.spoiled)
	return f.restartManagers()
}

func (f *faults) upTo(longest time.Duration) time.Duration {
	return time.Duration(f.Float64() * float64(longest))
}

// wait waits for a while, or until the context ends.
func wait(ctx context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// restartManagers starts a manager for each that has ended, as kubelets do.
func (f *faults) restartManagers() error { return f.cluster.RestartReplicas() }

func (f *faults) killOne(context.Context) error { return f.cluster.KillReplica(f.Intn(f.count)) }

func (f *faults) killAll(ctx context.Context) error {
	for i := range f.count {
		if err := f.cluster.KillReplica(i); err != nil {
			return err
		}
	}
	wait(ctx, f.upTo(maxAway))
	return nil
}

// replace replaces the oldest manager. One that starts during a storm may fail.
func (f *faults) replace(context.Context) error {
	f.proxy.storm(0, false)
	defer f.proxy.storm(0.08, true)
	if err := f.restartManagers(); err != nil {
		return err
	}
	if err := f.cluster.ReplaceReplica(f.manager); err != nil {
		f.tally.add(groupFault, "leader replaced, not in time", 1)
	}
	return nil
}

func (f *faults) restartAPIServer(context.Context) error { return f.cluster.RestartAPIServer() }

func (f *faults) pauseEtcd(context.Context) error { return f.cluster.PauseEtcd(f.upTo(maxPaused)) }

// rotate tries again if the API server is not there.
func (f *faults) rotate(ctx context.Context) error {
	return retry(ctx, f.cluster.RotateCertificate)
}

func (f *faults) cutWatches(context.Context) error {
	f.tally.add(groupRequest, string(cut), f.proxy.cutWatches())
	return nil
}

func (f *faults) changeChance(context.Context) error {
	f.proxy.storm(pick(f.generator, 0, 0.05, 0.1, 0.3, 0.6), f.chance(0.5))
	return nil
}

// Kinds of requests and faults of Ollama servers.
var (
	ollamaKinds  = []ollama.Kind{ollama.KindList, ollama.KindPull, ollama.KindDelete}
	ollamaFaults = []ollama.Fault{
		ollama.InternalError, ollama.Redirect, ollama.Garbage, ollama.ErrorLine, ollama.SlowHeaders, ollama.SlowBody,
		ollama.Stall, ollama.Cut, ollama.EndEarly, ollama.Repeat, ollama.Huge,
	}
)

// spoilOllama has some of the pods of Ollama misbehave.
func (f *faults) spoilOllama(ctx context.Context) error {
	for _, address := range f.ollamaPods(ctx) {
		if f.chance(0.4) {
			f.spoiled[address] = true
			_ = f.ollama.Inject(address, pick(f.generator, ollamaKinds...), pick(f.generator, ollamaFaults...)) // the pod may be gone
		}
	}
	return nil
}

// healOllama has all pods of Ollama behave again.
func (f *faults) healOllama(ctx context.Context) error {
	for _, address := range f.ollamaPods(ctx) {
		for _, kind := range ollamaKinds {
			_ = f.ollama.Inject(address, kind, ollama.NoFault) // the pod may be gone
		}
	}
	return nil
}

// ollamaPods returns the addresses of the pods of Ollama, in their order; none if they cannot be read.
func (f *faults) ollamaPods(ctx context.Context) []string {
	var pods corev1.PodList
	labels := client.MatchingLabels{v1alpha1.LabelComponent: string(v1alpha1.ComponentOllama)}
	if err := f.api.List(ctx, &pods, labels); err != nil {
		return nil
	}
	out := make([]string, 0, len(pods.Items))
	for i := range pods.Items {
		if address := pods.Items[i].Status.PodIP; address != "" {
			out = append(out, address)
		}
	}
	return out
}

// retry repeats something until it succeeds, with a bound.
func retry(ctx context.Context, do func() error) error {
	const attempts = 30
	var err error
	for range attempts {
		if err = do(); err == nil {
			return nil
		}
		wait(ctx, time.Second)
	}
	return err
}
