// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"context"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

const (
	// deleteRetry is the pause after a model could not be deleted.
	deleteRetry = time.Minute
	// deleteTimeout bounds all deletions of one reconcile. The rest is deleted in the next.
	deleteTimeout = 30 * time.Second
)

// A removal is a model that was removed from the list and that the pods may still have.
type removal struct {
	key string
	// listedAt is when it was listed. What is older was there before.
	listedAt time.Time
	// settlesAt is when no pod will pull it any more.
	settlesAt time.Time
}

// removals returns the models that are to be deleted. Only what the status has on record is: it was
// written before anything is deleted.
func removals(d *v1alpha1.OllamaDeployment) []removal {
	if ptr.Deref(d.Spec.Ollama.ModelRemovalPolicy, v1alpha1.DefaultModelRemovalPolicy) != v1alpha1.ModelRemovalDelete {
		return nil
	}
	listed := map[string]bool{}
	for _, name := range d.Spec.Ollama.Models {
		listed[name.Name().ListedKey()] = true
	}
	var out []removal
	for _, removed := range d.Status.RemovedModels {
		if key := removed.Name.Name().ListedKey(); !listed[key] {
			out = append(out, removal{key, ptr.Deref(removed.ListedAt, metav1.Time{}).Time, removed.RemovedAt.Add(status.RemovalSettles)})
		}
	}
	return out
}

// scheduleRemovals has the pods asked again when removals settle.
func (s *stack) scheduleRemovals(d *v1alpha1.OllamaDeployment, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.settlesAt = time.Time{}
	for _, r := range removals(d) {
		if r.settlesAt.After(now) && (s.settlesAt.IsZero() || r.settlesAt.Before(s.settlesAt)) {
			s.settlesAt = r.settlesAt
		}
		for _, p := range s.pods {
			if !r.settlesAt.After(now) && p.isKnown() && p.lookedAt.Before(r.settlesAt) {
				p.lookAt = now
			}
		}
	}
}

// deleteRemoved deletes removed models from all pods, and reports whether some pod has to be asked again.
func (k *Keeper) deleteRemoved(ctx context.Context, s *stack, d *v1alpha1.OllamaDeployment) bool {
	ctx, cancel := context.WithTimeout(ctx, deleteTimeout)
	defer cancel()
	deleted, failed := false, map[*podState]bool{}
	for _, r := range removals(d) {
		for _, p := range s.podsWith(r, k.Now()) {
			if failed[p] {
				continue
			}
			deleted = true
			retry := time.Duration(0)
			model := p.models[r.key]
			if err := k.Server(p.Address).Delete(ctx, model.Name); err != nil {
				ctrl.LoggerFrom(ctx).Info("a model cannot be deleted", "digest", model.Digest, "pod", p.Name, "why", ollamaclient.ReasonOf(err))
				retry, failed[p] = deleteRetry, true
			} else {
				ctrl.LoggerFrom(ctx).Info("deleted a model", "digest", model.Digest, "pod", p.Name)
			}
			s.mutex.Lock()
			p.lookAt = k.Now().Add(retry)
			if failed[p] {
				p.deleteAt = p.lookAt
			}
			s.mutex.Unlock()
		}
	}
	return deleted
}

// podsWith returns the pods that a removed model is to be deleted from now.
func (s *stack) podsWith(r removal, now time.Time) []*podState {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var out []*podState
	for _, p := range s.pods {
		if p.hasRemoved(r) && p.isKnown() && !p.deleteAt.After(now) {
			out = append(out, p)
		}
	}
	return out
}

// hasRemoved reports whether the pod has a copy of the model that was made after it was listed.
func (p *podState) hasRemoved(r removal) bool {
	m, found := p.models[r.key]
	return found && !m.ModifiedAt.Before(r.listedAt)
}

// gone returns the removals that have settled and that no pod has. Models in a claim are not known while
// no pod runs. The stack is locked.
func (s *stack) gone(d *v1alpha1.OllamaDeployment) []string {
	var out []string
	ollama, _ := d.Spec.Component(v1alpha1.ComponentOllama)
	for _, r := range removals(d) {
		isGone := len(s.pods) > 0 || !ollama.HasClaim()
		for _, p := range s.pods {
			isGone = isGone && !p.hasRemoved(r) && p.isKnown() && !p.lookedAt.Before(r.settlesAt)
		}
		if isGone {
			out = append(out, r.key)
		}
	}
	slices.Sort(out)
	return out
}
