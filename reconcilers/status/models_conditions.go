// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A modelsState is what conditions say of the listed models.
type modelsState struct {
	models []v1alpha1.ModelStatus
	// seen is nil as long as nothing is known of the pods.
	seen *ObservedModels
	// before is the condition ModelsPulled of the status before, nil if it had none.
	before *metav1.Condition
	// protected reports whether the object has network policies of its own.
	protected bool
}

// condition returns the condition ModelsPulled.
func (s modelsState) condition() metav1.Condition {
	const kind = v1alpha1.ConditionModelsPulled
	if failures := s.failures(); len(failures) > 0 {
		messages := make([]string, 0, len(failures))
		for _, f := range failures {
			messages = append(messages, f.message)
		}
		return condition(kind, metav1.ConditionFalse, failures[0].reason, strings.Join(messages, "; "))
	}
	if missing := s.missing(); missing != "" {
		return condition(kind, metav1.ConditionFalse, v1alpha1.ReasonPulling, missing)
	}
	if unreachable := s.unreachable(); unreachable != "" {
		return condition(kind, metav1.ConditionUnknown, v1alpha1.ReasonPodsUnreachable, unreachable)
	}
	return condition(kind, metav1.ConditionTrue, v1alpha1.ReasonAllModelsPulled, "every Ollama pod has all models")
}

// failures returns the failures of models.
func (s modelsState) failures() []Failure {
	var out []Failure
	for _, m := range s.models {
		if m.Phase != v1alpha1.ModelFailed {
			continue
		}
		f := Failure{reason: v1alpha1.ReasonModelPullFailed, message: fmt.Sprintf("model %s: %s", m.Name, m.Message)}
		if needsNewerOllama(m.Message) {
			f.reason = v1alpha1.ReasonModelNeedsNewerOllama
		}
		out = append(out, f)
	}
	return out
}

// needsNewerOllama reports whether Ollama failed to pull a model because it is too old for it.
//
// Source: the registry's answer with status 412, which ollama/ollama, server/images.go
// (makeRequestWithRetry), passes on.
func needsNewerOllama(message string) bool {
	return strings.Contains(message, "requires a newer version of Ollama")
}

// maxMissing is how many missing models a message names.
const maxMissing = 3

// missing describes the models that some pod is known to lack; "" means that there are none.
func (s modelsState) missing() string {
	var names []string
	for _, m := range s.models {
		if m.Phase == v1alpha1.ModelPulled || s.isUnknown(m) {
			continue
		}
		name := string(m.Name)
		if m.Progress != "" {
			name += " (" + m.Progress + ")"
		}
		names = append(names, name)
	}
	switch {
	case len(names) == 0:
		return ""
	case s.seen == nil && s.before == nil:
		return "no Ollama pod has been asked yet which models it has"
	case s.seen != nil && len(s.seen.Pods) == 0:
		return "no Ollama pod runs"
	}
	more := ""
	if len(names) > maxMissing {
		more = fmt.Sprintf(" and %d more", len(names)-maxMissing)
		names = names[:maxMissing]
	}
	return fmt.Sprintf("%s models are pulled; missing: %s%s", strings.Replace(modelsReady(s.models), "/", " of ", 1), strings.Join(names, ", "), more)
}

// isUnknown reports whether it is not known whether some pod lacks the model: all that can be reached
// have it.
func (s modelsState) isUnknown(m v1alpha1.ModelStatus) bool {
	if s.seen == nil {
		return s.before != nil && s.before.Status == metav1.ConditionUnknown
	}
	unreachable := false
	for _, pod := range s.seen.Pods {
		if pod.Unreachable != "" {
			unreachable = true
		} else if _, has := pod.Models[m.Name.Name().ListedKey()]; !has {
			return false // known to lack it, or about to start
		}
	}
	return unreachable
}

// unreachable describes the pods whose Ollama cannot be reached; "" means that there are none.
func (s modelsState) unreachable() string {
	if s.seen == nil {
		if s.before != nil && s.before.Status == metav1.ConditionUnknown {
			return s.before.Message
		}
		return ""
	}
	var pods []string
	why := ""
	for _, pod := range s.seen.Pods {
		if pod.Unreachable != "" {
			pods = append(pods, pod.Name)
			why = pod.Unreachable
		}
	}
	if len(pods) == 0 {
		return ""
	}
	where := "in NetworkPolicies"
	if s.protected {
		where = "by networkPolicy.allowFrom"
	}
	return fmt.Sprintf("the operator cannot ask Ollama which models it has: %s (%s); allow connections from the operator's pods to TCP port 11434 of the Ollama pods, for example %s", why, podNames(pods), where)
}
