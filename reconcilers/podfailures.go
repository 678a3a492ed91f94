// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// A podFailure is a pod and what it has failed of.
type podFailure struct {
	name string
	failure
}

// podFailures returns the failures of a component's pods that hold now. Of pods that their
// node gave up only the last one is told, and only until its successors are ready.
func podFailures(pods []observedPod, rolledOut bool, now time.Time) []podFailure {
	var found []podFailure
	var last *podFailure
	for _, pod := range pods {
		f := podFailure{pod.name, pod.state.failure}
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

// waitFor notes what Tabby's pods wait for, and that it is a failure if they have
// waited for long: the object's own Ollama tells itself why it is not ready, so that
// counts from when it is.
func (c *componentState) waitFor(d *v1alpha1.OllamaDeployment, ollama componentState, pods []observedPod, now time.Time) {
	models, address := render.TabbyNeeds(d)
	names := make([]string, 0, len(models))
	for _, model := range models {
		names = append(names, string(model))
	}
	isOwn := d.TabbyUsesOwnOllama()
	for _, pod := range pods {
		since := pod.state.waitsSince
		if since == 0 {
			continue
		}
		c.waitsFor = fmt.Sprintf("%s at %s", strings.Join(names, ", "), address)
		if isOwn {
			since = max(since, ollama.readySince())
		}
		if (!isOwn || ollama.rolledOut()) && now.Sub(time.Unix(since, 0)) >= waitPatience {
			c.failed = append(c.failed, podFailure{pod.name, failure{
				reason:  v1alpha1.ReasonWaitingForOllama,
				message: fmt.Sprintf("waits for %s; the log of container %s says what is missing", c.waitsFor, render.WaitContainer),
			}})
		}
	}
}

// readySince returns since when the component has been available, in Unix seconds.
func (c componentState) readySince() int64 {
	available := c.condition(appsv1.DeploymentAvailable)
	if available == nil || available.Status != corev1.ConditionTrue {
		return 0
	}
	return available.LastTransitionTime.Unix()
}
