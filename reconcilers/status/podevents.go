// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// staleAfter is the time after which a failure is over if it is not reported again. A kubelet
// retries every two minutes and reports at least every five.
//
// Source: kubernetes, pkg/volume/util/operationexecutor (exponential backoff) and
// client-go/tools/record/events_cache.go (defaultSpamQPS).
const staleAfter = 6 * time.Minute

// FailureInEvents returns why a pod is still waiting for its volumes and its network according to
// its events: the latest failure within staleAfter that is not followed by the start of a
// container, the zero value if there is none. It sorts the events by when they were last seen.
//
// Source: kubernetes, pkg/kubelet/events/event.go.
func FailureInEvents(all []corev1.Event, now time.Time) Failure {
	slices.SortStableFunc(all, func(a, b corev1.Event) int { return lastSeen(&a).Compare(lastSeen(&b)) })
	var found Failure
	summary := false
	for i := range all {
		event := &all[i]
		f := Failure{message: Clean(event.Message, maxForeign)}
		switch event.Reason {
		case "FailedMount", "FailedAttachVolume", "FailedMapVolume":
			f.reason = v1alpha1.ReasonMountFailed
		case "FailedCreatePodSandBox", "NetworkNotReady":
			f.reason = v1alpha1.ReasonContainerNotCreated
		case "Pulling", "Pulled", "Created", "Started", "BackOff":
			found = Failure{}
			continue
		default:
			continue
		}
		if now.Sub(lastSeen(event)) > staleAfter {
			continue
		}
		// A kubelet reports each failed volume, and then the list of volumes it is waiting for.
		isSummary := strings.HasPrefix(event.Message, "Unable to attach or mount volumes")
		if found == (Failure{}) || summary || !isSummary {
			found, summary = f, isSummary
		}
	}
	return found
}

// lastSeen returns when the event was last reported, in the format of either events API.
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
