// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// times are durations since the first request until all objects exist or are ready.
type times struct {
	children time.Duration
	ready    time.Duration
}

// A counter counts the objects of a kind that meet a condition.
type counter struct {
	list   client.ObjectList
	wanted int
	met    func(client.Object) bool
}

// time calls create and measures the time until all children exist and all OllamaDeployments are
// ready. If there are none (objects is 0), all Deployments have to be available instead.
func (b *bench) time(ctx context.Context, o options, objects int, create func(context.Context, options) error) (times, error) {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	exists := func(object client.Object) bool { return object.GetLabels()[v1alpha1.LabelOwner] != "" }
	counters := []counter{
		{&appsv1.DeploymentList{}, 3 * o.objects, exists},
		{metadataList("Service"), 3 * o.objects, exists},
		{metadataList("ConfigMap"), 2 * o.objects, exists},
		{metadataList("Secret"), 2 * o.objects, exists},
		{&appsv1.DeploymentList{}, 3 * o.objects, isAvailable},
	}
	if objects > 0 {
		counters[len(counters)-1] = counter{&v1alpha1.OllamaDeploymentList{}, objects, isReady}
	}
	done := make([]chan error, len(counters))
	ends := make([]time.Duration, len(counters))
	begin := time.Now()
	for i, c := range counters {
		done[i] = make(chan error, 1)
		events, err := b.client.Watch(ctx, c.list)
		if err != nil {
			return times{}, err
		}
		go func() {
			err := c.wait(ctx, b.client, events)
			ends[i] = time.Since(begin)
			done[i] <- err
		}()
	}
	if err := create(ctx, o); err != nil {
		return times{}, err
	}
	for i := range done {
		if err := <-done[i]; err != nil {
			return times{}, err
		}
	}
	last := len(ends) - 1
	return times{max(ends[0], ends[1], ends[2], ends[3]).Round(10 * time.Millisecond), ends[last].Round(10 * time.Millisecond)}, nil
}

// wait returns when enough different objects have met the condition at least once. The API server ends watches after
// half an hour or more; the next one begins with all objects that there are.
//
// Source: kubernetes, staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go (minRequestTimeout).
func (c counter) wait(ctx context.Context, cluster client.WithWatch, events watch.Interface) error {
	defer func() { events.Stop() }()
	seen := map[types.UID]bool{}
	for len(seen) < c.wanted {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %T: %d of %d: %w", c.list, len(seen), c.wanted, ctx.Err())
		case event, open := <-events.ResultChan():
			if object, ok := event.Object.(client.Object); ok && c.met(object) {
				seen[object.GetUID()] = true
			}
			if open && event.Type != watch.Error {
				continue
			}
			events.Stop()
			next, err := cluster.Watch(ctx, c.list)
			if err != nil {
				return err
			}
			events = next
		}
	}
	return nil
}

// metadataList returns a list of metadata, for a kind of the core group.
func metadataList(kind string) client.ObjectList {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind + "List"))
	return list
}

func isAvailable(object client.Object) bool {
	deployment, ok := object.(*appsv1.Deployment)
	return ok && deployment.Status.AvailableReplicas > 0
}

func isReady(object client.Object) bool {
	d, ok := object.(*v1alpha1.OllamaDeployment)
	return ok && d.Status.Phase == v1alpha1.PhaseReady
}
