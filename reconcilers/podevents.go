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

// maxPodEvents is the maximum number of events that are read of a pod.
const maxPodEvents = 100

// eventFailure returns why a pod hangs, as its events tell it, the zero value if they
// do not. The events are read at the API server, and only of pods that hang. Without
// them the status says less, so that an error is no more than logged.
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
