// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// maxPodEvents is the maximum number of events read per pod.
const maxPodEvents = 100

// eventFailure returns why a pod hangs, according to its events, or the zero value. It reads the
// events from the API server, and only for pods that hang. Errors are only logged, because the
// status is just less detailed without the events.
func (r *Reconciler) eventFailure(ctx context.Context, pod *corev1.Pod) status.Failure {
	list := &corev1.EventList{}
	err := r.APIReader.List(ctx, list, client.InNamespace(pod.Namespace), client.Limit(maxPodEvents),
		client.MatchingFields{"involvedObject.uid": string(pod.UID)})
	if err != nil {
		log.FromContext(ctx).Info("The events of a pod that hangs cannot be read", "pod", pod.Name, "reason", apierrors.ReasonForError(err))
		return status.Failure{}
	}
	return status.FailureInEvents(list.Items, r.Now().Time)
}
