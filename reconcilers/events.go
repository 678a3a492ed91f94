// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"

	eventsv1 "k8s.io/api/events/v1"
	eventsclient "k8s.io/client-go/kubernetes/typed/events/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// maxNote is the maximum length, in bytes, of an event's note; the API server rejects longer ones.
//
// Source: kubernetes, pkg/apis/core/validation/events.go (NoteLengthLimit).
const maxNote = 1023

// newRecorder returns an event recorder. The manager sends its events while it runs.
func newRecorder(mgr ctrl.Manager) (events.EventRecorder, error) {
	c, err := eventsclient.NewForConfigAndClient(mgr.GetConfig(), mgr.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("making a client of events: %w", err)
	}
	broadcaster := events.NewBroadcaster(quietSink{&events.EventSinkImpl{Interface: c}})
	err = mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		defer broadcaster.Shutdown()
		if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
			return fmt.Errorf("starting to record events: %w", err)
		}
		<-ctx.Done()
		return nil
	}))
	if err != nil {
		return nil, fmt.Errorf("adding the recorder of events: %w", err)
	}
	return broadcaster.NewRecorder(mgr.GetScheme(), v1alpha1.ManagedBy), nil
}

// A quietSink drops events in namespaces that are being deleted. Nobody reads them, and each
// rejection by the API server would be logged as an error.
type quietSink struct{ events.EventSink }

// Create implements events.EventSink.
func (s quietSink) Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	created, err := s.EventSink.Create(ctx, event)
	if isNamespaceEnding(err) {
		return event, nil
	}
	return created, err
}
