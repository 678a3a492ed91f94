// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// A podFailure is a failure with the name of its pod.
type podFailure struct {
	name string
	Failure
}

// podFailures returns the current failures of a component's pods. Of pods that were evicted
// or rejected by their node it returns only the latest, and only until the rollout is complete.
func podFailures(pods []ObservedPod, rolledOut bool, now time.Time) []podFailure {
	var found []podFailure
	var last *podFailure
	for _, pod := range pods {
		f := podFailure{pod.Name, pod.State.Failure}
		switch {
		case f.reason == "" || f.isOver(now):
		case f.reason != v1alpha1.ReasonEvicted && f.reason != v1alpha1.ReasonPodFailed:
			found = append(found, f)
		case last == nil || last.until < f.until || last.until == f.until && last.name < f.name:
			last = &f
		}
	}
	if last != nil && !rolledOut {
		found = append(found, *last)
	}
	return found
}

// waitFor sets what Tabby's pods are waiting for, and adds a failure for each pod that has been
// waiting for longer than waitPatience. For the object's own Ollama, that time starts when Ollama
// is available; until then, the status of Ollama shows why it is not.
func (c *componentState) waitFor(d *v1alpha1.OllamaDeployment, ollama componentState, pods []ObservedPod, now time.Time) {
	models, address := render.TabbyNeeds(d)
	names := make([]string, 0, len(models))
	for _, model := range models {
		names = append(names, string(model))
	}
	isOwn := d.TabbyUsesOwnOllama()
	for _, pod := range pods {
		since := pod.State.waitsSince
		if since == 0 {
			continue
		}
		c.waitsFor = fmt.Sprintf("%s at %s", strings.Join(names, ", "), address)
		if isOwn {
			since = max(since, ollama.readySince())
		}
		if (!isOwn || ollama.rolledOut()) && now.Sub(time.Unix(since, 0)) >= waitPatience {
			c.failed = append(c.failed, podFailure{pod.Name, Failure{
				reason:  v1alpha1.ReasonWaitingForOllama,
				message: fmt.Sprintf("waits for %s; see the log of container %s", c.waitsFor, render.WaitContainer),
			}})
		}
	}
}

// readySince returns when the component became available, in Unix seconds; 0 if it is not.
func (c componentState) readySince() int64 {
	available := c.condition(appsv1.DeploymentAvailable)
	if available == nil || available.Status != corev1.ConditionTrue {
		return 0
	}
	return available.LastTransitionTime.Unix()
}
