// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	psapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// evaluator has all checks of the Pod Security Standards.
var evaluator = func() policy.Evaluator {
	out, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	return out
}()

// conform returns why the pods of d do not conform to the Pod Security level restricted if they are
// meant to, or else to baseline.
func conform(d *v1alpha1.OllamaDeployment) error {
	children, err := render.Objects(d)
	if err != nil {
		return err
	}
	level := psapi.LevelBaseline
	if d.Spec.Security.IsRestricted() {
		level = psapi.LevelRestricted
	}
	for _, child := range children {
		if child.Kind != render.KindDeployment {
			continue
		}
		var deployment appsv1.Deployment
		if data, err := json.Marshal(child.Config); err != nil {
			return err
		} else if err := json.Unmarshal(data, &deployment); err != nil {
			return err
		}
		template := &deployment.Spec.Template
		for i := range template.Spec.Volumes {
			if source := &template.Spec.Volumes[i].VolumeSource; *source == (corev1.VolumeSource{}) {
				source.EmptyDir = &corev1.EmptyDirVolumeSource{} // as the API server has it
			}
		}
		results := evaluator.EvaluatePod(psapi.LevelVersion{Level: level, Version: psapi.LatestVersion()}, &template.ObjectMeta, &template.Spec)
		if result := policy.AggregateCheckResults(results); !result.Allowed {
			return fmt.Errorf("%s: %s", child.Name, result.ForbiddenDetail())
		}
	}
	return nil
}
