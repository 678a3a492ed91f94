// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// publish updates what Observed returns if it has changed: at most once per publishInterval while models
// are pulled, and at once otherwise. It returns the time until it may be updated, 0 if that is not needed.
func (k *Keeper) publish(s *stack, d *v1alpha1.OllamaDeployment) time.Duration {
	now := k.Now()
	s.mutex.Lock()
	for _, p := range s.pods {
		if p.isStale {
			s.mutex.Unlock()
			return 0 // the pull that has just ended wakes the Keeper
		}
	}
	s.noteRefresh(d, k.Shares(d))
	seen := s.observed(d, now)
	for _, name := range d.Spec.Ollama.Models {
		if downloadOf(d, name).IsMirrored() {
			continue // the registry of its name does not say what the mirror has
		}
		if latest := k.Updates.latest(name.Name(), s.key); latest != "" {
			seen.Latest[name.Name().ListedKey()] = latest
		}
	}
	wait := time.Duration(0)
	changed := !reflect.DeepEqual(s.published, seen)
	if changed && s.isPulling() {
		wait = max(s.publishedAt.Add(publishInterval).Sub(now), 0)
	}
	if wait > 0 {
		s.mutex.Unlock()
		return wait
	}
	s.published = seen // also if nothing has changed: it shares maps with what is known of the pods
	if changed {
		s.publishedAt = now
	}
	s.mutex.Unlock()
	if changed {
		k.Changed(s.key)
	}
	return 0
}

// isPulling reports whether models are or were being pulled when Observed was last updated. The stack is
// locked.
func (s *stack) isPulling() bool {
	if s.published == nil {
		return false
	}
	for _, p := range s.pods {
		if p.pulling != "" {
			return true
		}
	}
	return slices.ContainsFunc(s.published.Pods, func(pod status.ModelPod) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(pod.Pulls)), func(pull *status.PodPull) bool { return pull.Running })
	})
}

// observed returns what is known of the pods.
func (s *stack) observed(d *v1alpha1.OllamaDeployment, now time.Time) *status.ObservedModels {
	seen := &status.ObservedModels{Refreshed: s.refreshed, Gone: s.gone(d), Latest: map[string]string{}}
	for _, p := range s.pods {
		pod := status.ModelPod{
			Name: p.Name, Generation: p.generation, Unreachable: p.unreachable, IsStarting: p.isStarting(now),
			Models: p.models, Lacks: p.lacks, Pulls: make(map[string]*status.PodPull, len(p.attempts)),
		}
		if pod.IsStarting {
			pod.Unreachable = ""
		}
		for key, a := range p.attempts {
			pod.Pulls[key] = new(a.PodPull)
		}
		seen.Pods = append(seen.Pods, pod)
	}
	slices.SortFunc(seen.Pods, func(a, b status.ModelPod) int { return cmp.Compare(a.Name, b.Name) })
	return seen
}

// noteRefresh records that all models were pulled again for the value of the annotation.
func (s *stack) noteRefresh(d *v1alpha1.OllamaDeployment, shared bool) {
	wanted := d.Annotations[v1alpha1.AnnotationRefreshModels]
	if wanted == "" || wanted == d.Status.LastModelRefresh || wanted == s.refreshed {
		return
	}
	pullers := s.pullers(shared)
	if len(pullers) == 0 || !shared && len(pullers) < len(s.pods) {
		return
	}
	for _, p := range pullers {
		for _, name := range d.Spec.Ollama.Models {
			if a := p.attempts[name.Name().ListedKey()]; a == nil || a.refreshed != wanted {
				return
			}
		}
	}
	s.refreshed = wanted
}
