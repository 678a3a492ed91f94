// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
)

// Pauses between attempts to pull a model that fail. Each is twice the one before.
const (
	firstPullBackoff   = 5 * time.Second
	firstFinalBackoff  = time.Minute // after a refusal by the registry
	longestPullBackoff = 5 * time.Minute
)

// slotRetry is how long a pull waits when too many run.
const slotRetry = 5 * time.Second

// dailyInterval is how often ModelUpdateDaily pulls a model again.
const dailyInterval = 24 * time.Hour

// startPulls starts to pull the first model of the list that is due in each pod, and ends pulls of
// models that are no longer listed.
func (k *Keeper) startPulls(s *stack, d *v1alpha1.OllamaDeployment) {
	now := k.Now()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, p := range s.pods {
		p.forgetUnlisted(d)
	}
	for _, p := range s.pullers(k.Shares(d)) {
		if p.pulling != "" || p.isStale {
			continue
		}
		for _, name := range d.Spec.Ollama.Models {
			key := name.Name().ListedKey()
			if a := p.attempts[key]; a != nil && p.has(key) && (a.Failure == "" || !a.IsUpdate || !wantsUpdates(d)) {
				a.failures, a.Failure = 0, ""
			}
			if !p.isDue(d, name, now) || !s.isOnRecord(d, name) {
				continue
			}
			a := p.attempts[key]
			if a == nil {
				a = &attempt{}
				p.attempts[key] = a
			}
			a.download = downloadOf(d, name)
			if k.Slots.take(d.Namespace) {
				k.startPull(s, p, a, d, name)
			} else {
				a.next = now.Add(slotRetry)
			}
			break
		}
	}
}

// has reports whether the pod had the model when it was last asked.
func (p *podState) has(key string) bool {
	_, found := p.models[key]
	return found
}

// forgetUnlisted drops the attempts of models that are no longer listed. It ends a pull of such a model, and one
// that the spec wants to be made otherwise.
func (p *podState) forgetUnlisted(d *v1alpha1.OllamaDeployment) {
	listed := map[string]ollama.Download{}
	for _, name := range d.Spec.Ollama.Models {
		listed[name.Name().ListedKey()] = downloadOf(d, name)
	}
	if a := p.attempts[p.pulling]; p.pulling != "" && (a == nil || a.download != listed[p.pulling]) {
		p.stopPull()
	}
	for key := range p.attempts {
		if _, found := listed[key]; !found {
			delete(p.attempts, key)
		}
	}
}

// pullers returns the pods that models are pulled in: all that can be asked or, of pods that share a
// volume, one. Pods that share a volume pull the list by themselves before they are ready, one at a
// time, and two servers must not download to the same files.
func (s *stack) pullers(shared bool) []*podState {
	var out []*podState
	for _, p := range s.pods {
		if shared && p.pulling != "" {
			return []*podState{p}
		}
		if p.isKnown() && (p.IsReady || !shared) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *podState) int { return cmp.Compare(a.Name, b.Name) })
	if shared && len(out) > 1 {
		return out[:1]
	}
	return out
}

// isOnRecord reports whether the status has on record that the model is listed, and which pods had it. Only
// then may it be pulled: what is known to have been missing was pulled for the list. The stack is locked.
func (s *stack) isOnRecord(d *v1alpha1.OllamaDeployment, name v1alpha1.OllamaModel) bool {
	at := slices.IndexFunc(d.Status.Models, func(m v1alpha1.ModelStatus) bool { return m.Name == name })
	if at < 0 {
		return false
	}
	for _, p := range s.pods {
		if !p.isKnown() {
			return true // there is nothing to wait for
		}
	}
	return d.Status.Models[at].Pods != ""
}

// wantsUpdates reports whether models that are there may have to be pulled again.
func wantsUpdates(d *v1alpha1.OllamaDeployment) bool {
	return updatePolicy(d) != v1alpha1.ModelUpdateNever || d.Annotations[v1alpha1.AnnotationRefreshModels] != ""
}

func updatePolicy(d *v1alpha1.OllamaDeployment) v1alpha1.ModelUpdatePolicy {
	return ptr.Deref(d.Spec.Ollama.ModelUpdatePolicy, v1alpha1.DefaultModelUpdatePolicy)
}

// isDue reports whether the pod is to pull the model now: because it lacks it, or because it is to be
// updated.
func (p *podState) isDue(d *v1alpha1.OllamaDeployment, name v1alpha1.OllamaModel, now time.Time) bool {
	key := name.Name().ListedKey()
	a := ptr.Deref(p.attempts[key], attempt{})
	if a.next.After(now) && a.download == downloadOf(d, name) {
		return false
	}
	m, has := p.models[key]
	if !has {
		return true
	}
	if wanted := d.Annotations[v1alpha1.AnnotationRefreshModels]; wanted != "" && wanted != d.Status.LastModelRefresh && wanted != a.refreshed {
		return true
	}
	last := m.ModifiedAt
	// A time in the future, of a wrong clock, would end all updates.
	if a.Pulled.After(last) || last.Sub(now) > dailyInterval {
		last = a.Pulled
	}
	switch updatePolicy(d) {
	case v1alpha1.ModelUpdateDaily:
		return now.Sub(last) >= dailyInterval
	case v1alpha1.ModelUpdateOnRollout:
		// A pod is rolled out once, whatever the clocks of its node and of the operator's say of that time.
		return a.Pulled.IsZero() && p.RolledOutAt.After(last)
	default:
		return false
	}
}

// downloadOf returns how a model of the object is pulled.
func downloadOf(d *v1alpha1.OllamaDeployment, name v1alpha1.OllamaModel) ollama.Download {
	return d.Spec.Ollama.Source.Registries().Download(name.Name())
}

// startPull starts to pull a model in a pod, with a slot that was taken. The stack is locked.
func (k *Keeper) startPull(s *stack, p *podState, a *attempt, d *v1alpha1.OllamaDeployment, name v1alpha1.OllamaModel) {
	ctx, cancel := context.WithCancel(k.Context)
	p.pulling, p.cancel = name.Name().ListedKey(), cancel
	shared, refresh := k.Shares(d), d.Annotations[v1alpha1.AnnotationRefreshModels]
	// Another pod may have had it before it was listed, also one that is away.
	missing := !slices.ContainsFunc(slices.Collect(maps.Values(s.pods)), func(other *podState) bool {
		return other.has(p.pulling) || !shared && !other.isKnown()
	})
	a.Running, a.IsUpdate, a.Completed, a.Total, a.next = true, p.has(p.pulling), 0, 0, time.Time{}
	server, download, began := k.Server(p.Address), a.download, k.Now()
	go func() {
		defer k.Slots.giveBack(s.key.Namespace)
		defer cancel()
		err := server.Pull(ctx, download, func(progress ollamaclient.Progress) {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			if a.Total > 0 { // the first report has what was downloaded before
				observeBytes(progress.Completed - a.Completed)
			}
			a.Completed, a.Total = progress.Completed, progress.Total
		})
		ended := k.Now()
		observePull(err, ended.Sub(began))
		s.mutex.Lock()
		p.pulling, p.cancel = "", nil
		p.isStale = true
		if shared {
			for _, other := range s.pods {
				other.isStale = true
			}
		}
		a.end(err, ended, missing, refresh)
		if err == nil {
			k.Updates.forget(name.Name().ListedKey())
		}
		s.mutex.Unlock()
		k.Wake(s.key)
	}()
}

// end records how an attempt ended. A pod that could not be reached says nothing of the model.
func (a *attempt) end(err error, now time.Time, missing bool, refresh string) {
	a.Running = false
	reason := ollamaclient.ReasonOf(err)
	switch {
	case err == nil:
		a.Failure = ""
		a.Pulled, a.refreshed = now, refresh
		a.WasMissing = a.WasMissing || missing
	case reason == "":
		a.next = now.Add(firstPullBackoff) // canceled
		return
	case reason != ollamaclient.Unreachable:
		a.Failure = message(err)
	}
	first := firstPullBackoff
	if reason.IsFinal() {
		first = firstFinalBackoff
		a.refreshed = refresh // there is nothing else to pull
	}
	// A server may say that it has pulled a model, and still not list it.
	a.next = now.Add(backoff(first, longestPullBackoff, a.failures))
	a.failures++
}
