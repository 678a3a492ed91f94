// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

const (
	// lookInterval is how often a pod is asked which models it has if nothing happens. A tenth more is
	// added at random, so that not all are asked at once.
	lookInterval = 10 * time.Minute
	// firstLookBackoff is the pause after a pod could not be asked. It doubles each time, up to
	// lookInterval.
	firstLookBackoff = time.Second
)

// unreachableAfter is how long a pod that has been asked before may fail to answer until its models are no
// longer known.
const unreachableAfter = 30 * time.Second

// look asks all pods whose time has come which models they have.
func (k *Keeper) look(ctx context.Context, s *stack, d *v1alpha1.OllamaDeployment) {
	now, wanted := k.Now(), wantedKeys(d)
	var asked sync.WaitGroup
	s.mutex.Lock()
	for _, p := range s.pods {
		if p.lookAt.After(now) && !p.isStale {
			continue
		}
		p.isStale = false
		server := k.Server(p.Address)
		asked.Go(func() {
			select {
			case k.Asks <- struct{}{}:
			case <-ctx.Done():
				return
			}
			models, err := server.List(ctx)
			<-k.Asks
			s.mutex.Lock()
			defer s.mutex.Unlock()
			p.note(models, err, k.Now(), wanted)
			if err == nil {
				p.generation = d.Generation
			}
		})
	}
	s.mutex.Unlock()
	asked.Wait()
}

// wantedKeys returns the models that matter in the pods: those that are or were listed. Others may be many,
// and they do not change what is to be done or reported.
func wantedKeys(d *v1alpha1.OllamaDeployment) map[string]bool {
	wanted := map[string]bool{}
	for _, name := range d.Spec.Ollama.Models {
		wanted[name.Name().ListedKey()] = true
	}
	for _, m := range d.Status.Models {
		wanted[m.Name.Name().ListedKey()] = true
	}
	for _, m := range d.Status.RemovedModels {
		wanted[m.Name.Name().ListedKey()] = true
	}
	return wanted
}

// note records the answer of a pod, as far as models are wanted.
func (p *podState) note(models []ollamaclient.Model, err error, now time.Time, wanted map[string]bool) {
	if err != nil {
		if p.failures == 0 {
			p.failingSince = now
		}
		if p.models == nil || now.Sub(p.failingSince) >= unreachableAfter {
			p.unreachable = message(err)
		}
		p.lookAt = now.Add(backoff(firstLookBackoff, lookInterval, p.failures))
		p.failures++
		return
	}
	p.unreachable, p.failures, p.lookedAt = "", 0, now
	p.lookAt = now.Add(wait.Jitter(lookInterval, 0.1))
	p.models, p.lacks = map[string]status.PodModel{}, nil
	for _, m := range models {
		if key := ollama.ModelName(m.Name).Key(); wanted[key] {
			p.models[key] = status.PodModel{Name: m.Name, Digest: m.Digest, Size: m.Size, ModifiedAt: m.ModifiedAt}
		}
	}
	for key := range wanted {
		if p.has(key) {
			continue
		}
		if p.lacks == nil {
			p.lacks = map[string]bool{}
		}
		p.lacks[key] = true
	}
}

// backoff returns the pause after so many failures in a row.
func backoff(first, longest time.Duration, failures int) time.Duration {
	for range failures {
		if first *= 2; first >= longest {
			return longest
		}
	}
	return first
}

// message returns the text of an error for users.
func message(err error) string {
	var failed *ollamaclient.Error
	if errors.As(err, &failed) {
		return failed.Message
	}
	return err.Error()
}
