// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// podOwnerIndex indexes pods in the cache by their owner label. Only their owner references prove
// whose they are.
const podOwnerIndex = "owner"

// observed holds the results of observe.
type observed struct {
	status.Observed
	// unread reports whether the owner of some pod, or a Gateway, could not be read.
	unread bool
	// gateway reports whether a Gateway was read, which is not watched.
	gateway bool
}

// isMigrating reports whether the database of a component is migrated.
func (o observed) isMigrating() bool {
	for _, migrating := range o.Migrating {
		if migrating {
			return true
		}
	}
	return false
}

// unreadRetry is the time until a pod's owner or a Gateway is read again after an error.
const unreadRetry = 30 * time.Second

// observe reads the state of d's Deployments and pods. Deployments that were just applied are not
// read again.
func (r *Reconciler) observe(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, applied deployments) (observed, error) {
	defer prometheus.NewTimer(observeDuration).ObserveDuration()
	seen := observed{Observed: status.Observed{
		Deployments: map[v1alpha1.ComponentName]*appsv1.Deployment{},
		Pods:        map[v1alpha1.ComponentName][]status.ObservedPod{},
		Autoscaled:  map[v1alpha1.ComponentName]bool{},
		Migrating:   map[v1alpha1.ComponentName]bool{},
		Leaving:     map[v1alpha1.ComponentName]int{},
		Capacity:    map[v1alpha1.ComponentName]*resource.Quantity{},
	}}
	for _, component := range v1alpha1.ComponentNames() {
		if err := r.observeComponent(ctx, tracked, d, component, applied[component], &seen); err != nil {
			return seen, err
		}
	}
	if err := r.observeEntrances(ctx, tracked, d, &seen); err != nil {
		return seen, err
	}
	if r.Models != nil {
		seen.Models = r.Models.Observed(d)
	}
	return seen, r.observePods(ctx, d, &seen)
}

// observeComponent adds a component whose Deployment exists and is ours. The Deployment is read from the
// cache if it is nil.
func (r *Reconciler) observeComponent(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment,
	component v1alpha1.ComponentName, deployment *appsv1.Deployment, seen *observed,
) error {
	key := client.ObjectKey{Namespace: d.Namespace, Name: v1alpha1.ChildName(d.Name, component)}
	if deployment == nil {
		cached, err := r.readCache(ctx, tracked, deploymentKind, key)
		if err != nil {
			return err
		}
		deployment, _ = cached.(*appsv1.Deployment)
	}
	if deployment == nil || deploymentKind.ownership(deployment, d, nil) != ours {
		return nil
	}
	autoscaled, err := isAutoscaled(ctx, r.Client, d.Namespace, appsDeployment, key.Name)
	if err != nil {
		return err
	}
	seen.Deployments[component], seen.Autoscaled[component] = deployment, autoscaled
	if seen.Migrating[component] = isMigrating(d, component, deployment); seen.Migrating[component] {
		if seen.Leaving[component], err = r.countPods(ctx, d, component); err != nil {
			return err
		}
	}
	seen.Capacity[component], err = r.capacityOf(ctx, d, key)
	return err
}

// observePods adds the pods of the observed Deployments from the cache. A pod whose owner cannot be read
// is skipped, because whoever may create pods could otherwise block the status.
func (r *Reconciler) observePods(ctx context.Context, d *v1alpha1.OllamaDeployment, seen *observed) error {
	components := map[types.UID]v1alpha1.ComponentName{}
	for component, deployment := range seen.Deployments {
		components[deployment.UID] = component
	}
	pods := &corev1.PodList{}
	if err := r.Client.List(ctx, pods, client.InNamespace(d.Namespace), client.MatchingFields{podOwnerIndex: d.Name}); err != nil {
		return fmt.Errorf("reading the pods: %w", err)
	}
	looks := maxEventLooks
	isKnown := func(deployment types.UID) bool { return components[deployment] != "" }
	for i := range pods.Items {
		pod := &pods.Items[i]
		state := status.StateOf(pod)
		if state == (status.PodState{}) {
			continue
		}
		owner, err := r.ownerOf(ctx, pod, isKnown)
		if err != nil {
			ctrl.LoggerFrom(ctx).V(1).Info("the owner of a pod cannot be read", "pod", pod.Name, "why", brief(err))
			seen.unread = true
			continue
		}
		component, found := components[owner.deployment]
		if !found {
			continue
		}
		if state.NeedsEvents(r.Now().Time) && looks > 0 {
			looks--
			state.Failure = r.eventFailure(ctx, pod)
		}
		seen.Pods[component] = append(seen.Pods[component], status.ObservedPod{Name: pod.Name, State: state})
	}
	return nil
}

// maxEventLooks is the maximum number of pods per object whose events are read in one reconcile.
// The others usually hang for the same reason.
const maxEventLooks = 3

// countPods returns how many pods of a component have not ended.
func (r *Reconciler) countPods(ctx context.Context, d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) (int, error) {
	pods := &corev1.PodList{}
	if err := r.Client.List(ctx, pods, client.InNamespace(d.Namespace), client.MatchingFields{podOwnerIndex: d.Name}); err != nil {
		return 0, fmt.Errorf("counting the pods: %w", err)
	}
	count := 0
	for i := range pods.Items {
		phase := pods.Items[i].Status.Phase
		if pods.Items[i].Labels[v1alpha1.LabelComponent] == string(component) && phase != corev1.PodFailed && phase != corev1.PodSucceeded {
			count++
		}
	}
	return count, nil
}

// nextLook returns how long until the object has to be observed again without a watch event, 0 if
// it does not.
func (o observed) nextLook(now time.Time) time.Duration {
	next := o.NextLook(now)
	if o.unread {
		next = sooner(next, unreadRetry)
	}
	if o.gateway {
		next = sooner(next, referencesInterval)
	}
	return next
}

// sooner returns the shorter of two delays, where 0 means none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// indexPod returns the index function of podOwnerIndex.
func indexPod(pod client.Object) []string {
	return []string{pod.GetLabels()[v1alpha1.LabelOwner]}
}

// capacityOf returns the capacity of our claim, nil if it has none yet or there is no such claim.
func (r *Reconciler) capacityOf(ctx context.Context, d *v1alpha1.OllamaDeployment, key client.ObjectKey) (*resource.Quantity, error) {
	claim := &corev1.PersistentVolumeClaim{}
	if err := r.Client.Get(ctx, key, claim); err != nil {
		if client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("reading PersistentVolumeClaim %q: %w", key.Name, err)
		}
		return nil, nil
	}
	size, found := claim.Status.Capacity[corev1.ResourceStorage]
	if !found || claimKind.ownership(claim, d, nil) != ours {
		return nil, nil
	}
	return &size, nil
}
