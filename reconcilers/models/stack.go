// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// A stack is what is known of one object. One worker at a time reconciles it; pulls run beside, so that
// the mutex guards all other fields.
type stack struct {
	key client.ObjectKey
	uid types.UID

	mutex sync.Mutex
	// generation is that of the spec that the pods were last asked for.
	generation int64
	pods       map[types.UID]*podState
	// published is what Observed returns, nil at first.
	published   *status.ObservedModels
	publishedAt time.Time
	// settlesAt is when the next removal settles, the zero time if none will.
	settlesAt time.Time
	// refreshed is the last value of the annotation for which all models were pulled again.
	refreshed string
}

// A podState is what is known of one pod.
type podState struct {
	Pod
	// lookAt is when the pod is to be asked next, and lookedAt when it last answered.
	lookAt, lookedAt time.Time
	// isStale reports whether a pull has ended since the pod was last asked, so that it may have more.
	isStale bool
	// deleteAt is when models may be deleted again after that failed.
	deleteAt time.Time
	// failures counts the attempts to ask that failed in a row since failingSince. unreachable is why the
	// pod cannot be reached, "" if it can.
	failures     int
	failingSince time.Time
	unreachable  string
	// generation is that of the spec that it last answered for.
	generation int64
	// models are those of wantedKeys that the pod had when it was last asked, by ModelName.ListedKey. The map is
	// published, and never changed.
	models map[string]status.PodModel
	// lacks are those of wantedKeys that it did not have then, nil if it had all. It is published too.
	lacks map[string]bool
	// attempts to pull a model, by ModelName.ListedKey.
	attempts map[string]*attempt
	// pulling is the key of the model that is being pulled, "" if none is. cancel ends that.
	pulling string
	cancel  context.CancelFunc
}

// An attempt describes the attempts to pull a model in a pod.
type attempt struct {
	status.PodPull
	// failures counts the attempts in a row after which the pod did not have the model. The next is due at
	// the time next.
	failures int
	next     time.Time
	// download is how it was last pulled. Another way is tried at once.
	download ollama.Download
	// refreshed is the value of the annotation for which it was last pulled.
	refreshed string
}

// startingFor is how long a container that is not ready may take to answer until it counts as
// unreachable.
const startingFor = time.Minute

// isStarting reports whether the pod does not answer because it has only just started.
func (p *podState) isStarting(now time.Time) bool {
	return p.unreachable != "" && !p.IsReady && now.Sub(p.StartedAt) < startingFor
}

// isKnown reports whether it is known which models the pod has.
func (p *podState) isKnown() bool { return p.unreachable == "" && p.models != nil }

// setPods sets the running pods. Pulls in pods that are gone end. Pods that have become ready or have
// started again are asked again, and all of them when the spec has changed.
func (s *stack) setPods(pods []Pod, generation int64, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	running := map[types.UID]bool{}
	for _, pod := range pods {
		running[pod.UID] = true
		p := s.pods[pod.UID]
		if p == nil {
			p = &podState{attempts: map[string]*attempt{}}
			s.pods[pod.UID] = p
		}
		if p.Pod != pod || s.generation != generation {
			p.lookAt = now
		}
		if p.StartedAt != pod.StartedAt {
			p.failures = 0
		}
		p.Pod = pod
	}
	for uid, p := range s.pods {
		if !running[uid] {
			p.stopPull()
			delete(s.pods, uid)
		}
	}
	s.generation = generation
}

// stopPull ends the pull that runs in the pod, if any.
func (p *podState) stopPull() {
	if p.cancel != nil {
		p.cancel()
	}
}

// end ends all pulls.
func (s *stack) end() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, p := range s.pods {
		p.stopPull()
	}
}

// nextStep returns how long until the object has to be reconciled again without another cause.
func (s *stack) nextStep(now time.Time) time.Duration {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	next := lookInterval // pods may be those of the object only later
	until := func(at time.Time) { next = sooner(next, max(at.Sub(now), time.Millisecond)) }
	if !s.settlesAt.IsZero() {
		until(s.settlesAt)
	}
	for _, p := range s.pods {
		until(p.lookAt)
		if p.pulling != "" {
			next = sooner(next, publishInterval)
			continue
		}
		for _, a := range p.attempts {
			if a.next.After(now) {
				until(a.next)
			}
		}
	}
	return next
}
