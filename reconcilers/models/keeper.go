// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// A Pod is a running pod of an object's Ollama.
type Pod struct {
	Name string
	UID  types.UID
	// Address is where Ollama listens, as "host:port".
	Address string
	// StartedAt is when the container started.
	StartedAt time.Time
	// IsReady reports whether the pod is ready.
	IsReady bool
	// RolledOutAt is when the pod's template was rolled out.
	RolledOutAt time.Time
}

// A Server is the Ollama server of a pod. Its methods are those of ollamaclient.Client.
type Server interface {
	List(ctx context.Context) ([]ollamaclient.Model, error)
	Pull(ctx context.Context, model ollama.Download, progress func(ollamaclient.Progress)) error
	Delete(ctx context.Context, model string) error
}

// A Keeper keeps the models of all objects in their running pods. All fields but Updates are required.
type Keeper struct {
	// Pods returns the running Ollama pods of an object.
	Pods func(context.Context, *v1alpha1.OllamaDeployment) ([]Pod, error)
	// Shares reports whether an object's pods share a volume for the models.
	Shares func(*v1alpha1.OllamaDeployment) bool
	// Server returns the server at an address.
	Server func(address string) Server
	// Wake has the Keeper reconcile an object soon.
	Wake func(client.ObjectKey)
	// Changed is called after what Observed returns for an object has changed.
	Changed func(client.ObjectKey)
	// Now is the clock.
	Now func() time.Time
	// Context ends all pulls when it is done.
	Context context.Context
	// Updates knows the versions in the registries; nil means that they are not asked.
	Updates *Updates
	// Asks limits how many pods are asked at a time, each of which may answer with some megabytes.
	Asks chan struct{}
	// Slots limits how many models are pulled at a time.
	Slots *Slots

	mutex  sync.Mutex
	stacks map[client.ObjectKey]*stack
}

// publishInterval is the minimum time between two changes of what Observed returns for an object.
const publishInterval = 5 * time.Second

// Reconcile asks the object's pods which models they have, if it is time to, starts to pull what is
// missing, and deletes what was removed from the list. While the object is paused, it only asks.
func (k *Keeper) Reconcile(ctx context.Context, d *v1alpha1.OllamaDeployment) (ctrl.Result, error) {
	if !d.DeletionTimestamp.IsZero() {
		k.Forget(client.ObjectKeyFromObject(d))
		return ctrl.Result{}, nil
	}
	pods, err := k.Pods(ctx, d)
	if err != nil {
		return ctrl.Result{}, fmt.Errorf("finding the Ollama pods: %w", err)
	}
	s := k.stackOf(d)
	s.setPods(pods, d.Generation, k.Now())
	s.scheduleRemovals(d, k.Now())
	k.look(ctx, s, d)
	still := status.StandsStill(d)
	if !still && k.deleteRemoved(ctx, s, d) {
		k.look(ctx, s, d)
	}
	select {
	case <-ctx.Done():
		return ctrl.Result{}, nil // pods whose answers were not waited for are not unreachable
	default:
	}
	if still {
		s.end()
	} else {
		k.startPulls(s, d)
	}
	return ctrl.Result{RequeueAfter: sooner(s.nextStep(k.Now()), k.publish(s, d))}, nil
}

// Observed returns what is known of the object's pods, nil if nothing is. It must not be changed.
func (k *Keeper) Observed(d *v1alpha1.OllamaDeployment) *status.ObservedModels {
	k.mutex.Lock()
	s := k.stacks[client.ObjectKeyFromObject(d)]
	k.mutex.Unlock()
	if s == nil || s.uid != d.UID {
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.published
}

// Forget ends all pulls of a deleted object.
func (k *Keeper) Forget(key client.ObjectKey) {
	k.mutex.Lock()
	s := k.stacks[key]
	delete(k.stacks, key)
	k.mutex.Unlock()
	if s != nil {
		s.end()
	}
}

// stackOf returns what is known of the object. It starts anew for another UID.
func (k *Keeper) stackOf(d *v1alpha1.OllamaDeployment) *stack {
	key := client.ObjectKeyFromObject(d)
	k.mutex.Lock()
	defer k.mutex.Unlock()
	found := k.stacks[key]
	if found != nil && found.uid == d.UID {
		return found
	}
	if found != nil {
		found.end()
	}
	if k.stacks == nil {
		k.stacks = map[client.ObjectKey]*stack{}
	}
	k.stacks[key] = &stack{key: key, uid: d.UID, pods: map[types.UID]*podState{}}
	return k.stacks[key]
}

// sooner returns the shorter of two delays, where 0 means none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
