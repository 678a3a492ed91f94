// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"errors"

	appsv1 "k8s.io/api/apps/v1"
	psapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

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

// podSecurity returns why the pods of a Deployment do not conform to the level restricted, or
// else baseline.
func podSecurity(child render.Object, restricted bool) error {
	if child.Kind != render.KindDeployment {
		return nil
	}
	data, err := json.Marshal(child.Config)
	if err != nil {
		return err
	}
	var deployment appsv1.Deployment
	if err := json.Unmarshal(data, &deployment); err != nil {
		return err
	}
	level := psapi.LevelBaseline
	if restricted {
		level = psapi.LevelRestricted
	}
	template := deployment.Spec.Template
	results := policy.AggregateCheckResults(evaluator.EvaluatePod(psapi.LevelVersion{Level: level, Version: psapi.LatestVersion()}, &template.ObjectMeta, &template.Spec))
	if !results.Allowed {
		return errors.New(results.ForbiddenDetail())
	}
	return nil
}
