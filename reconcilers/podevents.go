// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// maxPodEvents is the maximum number of events that are read of a pod.
const maxPodEvents = 100

// eventFailure returns why a pod hangs, as its events tell it, the zero value if they
// do not. The events are read at the API server, and only of pods that hang. Without
// them the status says less, so that an error is no more than logged.
func (r *Reconciler) eventFailure(ctx context.Context, pod *corev1.Pod) failure {
	list := &corev1.EventList{}
	err := r.APIReader.List(ctx, list, client.InNamespace(pod.Namespace), client.Limit(maxPodEvents),
		client.MatchingFields{"involvedObject.uid": string(pod.UID)})
	if err != nil {
		log.FromContext(ctx).Info("The events of a pod that hangs cannot be read", "pod", pod.Name, "reason", apierrors.ReasonForError(err))
		return failure{}
	}
	return failureInEvents(list.Items, r.Now().Time)
}

// staleAfter is when a failure that is not reported again is over. A kubelet retries
// every two minutes and reports at least every five.
//
// Source: kubernetes, pkg/volume/util/operationexecutor (exponential backoff) and
// client-go/tools/record/events_cache.go (defaultSpamQPS).
const staleAfter = 6 * time.Minute

// failureInEvents returns the failure of a pod that is not past its volumes and its
// network yet: the latest that was reported lately and is not followed by the first
// steps of a container.
//
// Source: kubernetes, pkg/kubelet/events/event.go.
func failureInEvents(all []corev1.Event, now time.Time) failure {
	slices.SortStableFunc(all, func(a, b corev1.Event) int { return lastSeen(&a).Compare(lastSeen(&b)) })
	var found failure
	summary := false
	for i := range all {
		event := &all[i]
		f := failure{message: clean(event.Message, maxForeign)}
		switch event.Reason {
		case "FailedMount", "FailedAttachVolume", "FailedMapVolume":
			f.reason = v1alpha1.ReasonMountFailed
		case "FailedCreatePodSandBox", "NetworkNotReady":
			f.reason = v1alpha1.ReasonContainerNotCreated
		case "Pulling", "Pulled", "Created", "Started", "BackOff":
			found = failure{}
			continue
		default:
			continue
		}
		if now.Sub(lastSeen(event)) > staleAfter {
			continue
		}
		// A kubelet reports each volume that fails, and then which ones it waits for.
		isSummary := strings.HasPrefix(event.Message, "Unable to attach or mount volumes")
		if found == (failure{}) || summary || !isSummary {
			found, summary = f, isSummary
		}
	}
	return found
}

// lastSeen returns when the event was reported last, by either of the two APIs of
// events.
func lastSeen(event *corev1.Event) time.Time {
	last := event.CreationTimestamp.Time
	for _, at := range []time.Time{event.EventTime.Time, event.FirstTimestamp.Time, event.LastTimestamp.Time} {
		if at.After(last) {
			last = at
		}
	}
	if event.Series != nil && event.Series.LastObservedTime.After(last) {
		last = event.Series.LastObservedTime.Time
	}
	return last
}
