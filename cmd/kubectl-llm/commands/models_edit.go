// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/util/retry"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/models"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// hint follows the name of the tool that may revert a change.
const hint = "applies this object from files; change the models there, too, or the next apply reverts this change or conflicts with it"

// conflictBackoff tries again for about two seconds: the operator may be writing the status of several
// pulls, and others may be changing the list.
var conflictBackoff = wait.Backoff{Steps: 7, Duration: 20 * time.Millisecond, Factor: 2, Jitter: 0.5}

// edit adds the models to the list, or takes them out.
func (r *modelsRequest) edit(ctx context.Context, c *objectClient, streams genericiooptions.IOStreams) error {
	var t target
	var done []string
	manager := ""
	err := retry.RetryOnConflict(conflictBackoff, func() error {
		var err error
		if t, err = c.target(ctx, r.name); err != nil {
			return err
		}
		var list []v1alpha1.OllamaModel
		if list, done, err = r.edited(t); err != nil || list == nil {
			return err
		}
		manager = models.Manager(t.OllamaDeployment, fieldManager)
		patch, err := specPatch(t, list)
		if err == nil {
			t, err = c.patch(ctx, t, patch, r.dryRun == "server")
		}
		return err
	})
	if err != nil {
		return err
	}
	r.report(streams, t, done)
	if manager != "" {
		fmt.Fprintln(streams.ErrOut, "hint:", terminal.EscapeLine(manager), hint)
	}
	if !r.wait {
		return nil
	}
	return r.waitFor(ctx, c, t, streams.Out, r.editGoal(t.Generation))
}

// edited returns the list as it is to be, nil if it is so already, and what to say about it.
func (r *modelsRequest) edited(t target) (list []v1alpha1.OllamaModel, done []string, err error) {
	list = t.Spec.Ollama.Models
	if r.action == actionRemove {
		return r.removed(t)
	}
	for _, model := range r.models {
		if at := models.Find(list, model); at >= 0 {
			done = append(done, fmt.Sprintf("%s is listed already", list[at]))
			continue
		}
		list = append(slices.Clip(list), model)
		done = append(done, "added "+string(model))
	}
	if len(list) == len(t.Spec.Ollama.Models) {
		return nil, done, nil
	}
	return list, done, nil
}

// removed is edited for rm. A model that is neither listed nor about to be deleted is an error.
func (r *modelsRequest) removed(t target) (list []v1alpha1.OllamaModel, done []string, err error) {
	var errs []error
	gone := make([]v1alpha1.OllamaModel, 0, len(t.Status.RemovedModels))
	for _, m := range t.Status.RemovedModels {
		gone = append(gone, m.Name)
	}
	for _, model := range r.models {
		switch at := models.Find(t.Spec.Ollama.Models, model); {
		case at >= 0:
			done = append(done, fmt.Sprintf("removed %s", t.Spec.Ollama.Models[at]))
		case models.Find(gone, model) >= 0:
			done = append(done, fmt.Sprintf("%s is removed already", model))
		default:
			errs = append(errs, fmt.Errorf("%s does not list %q; it lists %q", t, model, t.Spec.Ollama.Models))
		}
	}
	list = models.Without(t.Spec.Ollama.Models, r.models)
	if len(list) == len(t.Spec.Ollama.Models) {
		list = nil
	}
	return list, done, errors.Join(errs...)
}

// refresh sets the annotation that has all models pulled again. It belongs to the OllamaDeployment,
// even if an object of the deprecated kind has its spec.
func (r *modelsRequest) refresh(ctx context.Context, c *objectClient, streams genericiooptions.IOStreams) error {
	at := time.Now().UTC().Format(time.RFC3339)
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"annotations": map[string]string{v1alpha1.AnnotationRefreshModels: at}},
	})
	if err != nil {
		return fmt.Errorf("encoding the change: %w", err)
	}
	d := &v1alpha1.OllamaDeployment{}
	d.Name = r.name
	t, err := c.patch(ctx, target{d, resource}, patch, r.dryRun == "server")
	if err != nil {
		return err
	}
	r.report(streams, t, []string{"requested a refresh of all models"})
	if !r.wait {
		return nil
	}
	return r.waitFor(ctx, c, t, streams.Out, r.refreshGoal())
}

// report prints what was done to the object.
func (r *modelsRequest) report(streams genericiooptions.IOStreams, t target, done []string) {
	suffix := ""
	if r.dryRun == "server" {
		suffix = " (server dry run)"
	}
	for _, line := range done {
		fmt.Fprintln(streams.Out, terminal.EscapeLine(fmt.Sprintf("%s: %s%s", t, line, suffix)))
	}
}

// specPatch returns a merge patch of the list, which fails if the object has changed meanwhile.
func specPatch(t target, list []v1alpha1.OllamaModel) ([]byte, error) {
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": t.ResourceVersion},
		"spec":     map[string]any{"ollama": map[string]any{"models": list}},
	})
	if err != nil {
		return nil, fmt.Errorf("encoding the change: %w", err)
	}
	return patch, nil
}
