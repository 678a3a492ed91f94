// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
	watchtools "k8s.io/client-go/tools/watch"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/models"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
)

// A goal is what is waited for. It returns the models that it still waits for, none if it is reached,
// and an error if it cannot be reached.
type goal func(d *v1alpha1.OllamaDeployment) (waiting []v1alpha1.OllamaModel, err error)

// waitFor waits until the object has reached the goal, and prints the progress.
func (r *modelsRequest) waitFor(ctx context.Context, c *objectClient, t target, out io.Writer, reached goal) error {
	if r.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.timeout)
		defer cancel()
	}
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, t.ResourceVersion, objectWatcher{c, t.resource, t.Name})
	if err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	defer watcher.Stop()
	printer := newProgressPrinter(out)
	defer printer.end()
	for d := t.OllamaDeployment; ; {
		waiting, err := reached(d)
		if d.Status.ObservedGeneration >= t.Generation {
			printer.print(d, r.models, waiting, time.Now())
		}
		if err != nil || len(waiting) == 0 {
			return err
		}
		event, ok := <-watcher.ResultChan()
		switch {
		case !ok || ctx.Err() != nil:
			return r.gaveUp(ctx, d, waiting)
		case event.Type == watch.Deleted:
			return fmt.Errorf("%s was deleted", t)
		case event.Type == watch.Error:
			return fmt.Errorf("watching: %w", apierrors.FromObject(event.Object))
		}
		switch changed := event.Object.(type) {
		case *v1alpha1.OllamaDeployment:
			d = changed
		case *v1alpha1.Deployment:
			d = changed.AsOllamaDeployment()
		}
	}
}

// gaveUp returns the error of a wait that was interrupted or took too long.
func (r *modelsRequest) gaveUp(ctx context.Context, d *v1alpha1.OllamaDeployment, waiting []v1alpha1.OllamaModel) error {
	var states []string
	for _, m := range status.Models(d) {
		if models.Find(waiting, m.Name) >= 0 {
			states = append(states, status.Line(m, status.Options{}))
		}
	}
	if len(states) == 0 {
		for _, name := range waiting {
			states = append(states, string(name)+": still to be deleted")
		}
	}
	why := "interrupted"
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why = fmt.Sprintf("timed out after %s", r.timeout)
	}
	return fmt.Errorf("%s; the operator goes on. %s", why, strings.Join(states, "; "))
}

// editGoal waits until the operator has observed the generation and the models are in all pods or,
// for rm, in none. It fails once every model is pulled or has failed for good.
func (r *modelsRequest) editGoal(generation int64) goal {
	return func(d *v1alpha1.OllamaDeployment) ([]v1alpha1.OllamaModel, error) {
		if d.Status.ObservedGeneration < generation {
			return r.models, nil
		}
		if r.action == actionRemove {
			return r.notDeleted(d)
		}
		return notPulled(d, r.models)
	}
}

func notPulled(d *v1alpha1.OllamaDeployment, names []v1alpha1.OllamaModel) (waiting []v1alpha1.OllamaModel, err error) {
	var errs []error
	states := status.Models(d)
	for _, name := range names {
		at := models.Find(d.Spec.Ollama.Models, name)
		switch {
		case at < 0:
			errs = append(errs, fmt.Errorf("%s was removed from the list meanwhile", name))
		case models.HasFailed(states[at]):
			errs = append(errs, fmt.Errorf("%s: %s", name, states[at].Message))
		case states[at].Phase != v1alpha1.ModelPulled:
			waiting = append(waiting, states[at].Name)
		}
	}
	if len(waiting) > 0 {
		return waiting, nil
	}
	return nil, errors.Join(errs...)
}

func (r *modelsRequest) notDeleted(d *v1alpha1.OllamaDeployment) (waiting []v1alpha1.OllamaModel, err error) {
	for _, name := range r.models {
		if models.Find(d.Spec.Ollama.Models, name) >= 0 {
			return nil, fmt.Errorf("%s was added to the list again meanwhile", name)
		}
	}
	for _, m := range d.Status.RemovedModels {
		if models.Find(r.models, m.Name) >= 0 {
			waiting = append(waiting, m.Name)
		}
	}
	return waiting, nil
}

// refreshGoal waits until all models were pulled again for the annotation. A model that cannot be
// pulled prevents that, or fails it at the end if the pods have an earlier version of the model.
func (r *modelsRequest) refreshGoal() goal {
	return func(d *v1alpha1.OllamaDeployment) ([]v1alpha1.OllamaModel, error) {
		isOver := d.Status.LastModelRefresh == d.Annotations[v1alpha1.AnnotationRefreshModels]
		var errs []error
		for _, m := range status.Models(d) {
			if models.HasFailed(m) || isOver && m.Phase == v1alpha1.ModelPulled && m.Message != "" {
				errs = append(errs, fmt.Errorf("%s: %s", m.Name, m.Message))
			}
		}
		if isOver {
			return nil, errors.Join(errs...)
		}
		return d.Spec.Ollama.Models, errors.Join(errs...)
	}
}
