// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strconv"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
)

// openWebUIFields returns the variables of the fields that are set. Those of the default model and of sign-up
// are read when the database has no value of them yet.
//
// Source: open-webui/docs, docs/reference/env-configuration.mdx (ConfigVar).
func (p part) openWebUIFields() []*applycorev1.EnvVarApplyConfiguration {
	spec := p.d.Spec.OpenWebUI
	var out []*applycorev1.EnvVarApplyConfiguration
	if spec.Database != nil {
		out = append(out, secretKeyEnv(v1alpha1.DatabaseURLEnv, spec.Database.URLSecretRef))
	}
	if spec.Redis != nil {
		out = append(out, p.redisEnv(spec.Redis.URLSecretRef)...)
	}
	if spec.DefaultModel != nil {
		out = append(out, env(v1alpha1.DefaultModelsEnv, p.listedName(spec.DefaultModel.Name())))
	}
	if spec.SignUp != nil {
		out = append(out, env(v1alpha1.EnableSignUpEnv, strconv.FormatBool(*spec.SignUp)))
	}
	return out
}

// listedName returns a model's name as Ollama lists it, which Open WebUI compares letter by letter.
//
// Source: ollama/ollama, types/model/name.go (DisplayShortest).
func (p part) listedName(name ollama.ModelName) string {
	for _, model := range p.d.Spec.Ollama.Models {
		if model.Name().IsSame(name) {
			return model.Name().Short()
		}
	}
	return name.Short()
}

// redisEnv returns the variables by which pods share their state through Redis. The prefix separates what objects
// of the same server store, but not the events of their websockets.
//
// Source: open-webui/docs, docs/getting-started/advanced-topics/scaling.md (Step 2) and
// docs/reference/env-configuration.mdx, which recommends to set both URLs.
func (p part) redisEnv(ref v1alpha1.SecretKeyReference) []*applycorev1.EnvVarApplyConfiguration {
	return []*applycorev1.EnvVarApplyConfiguration{
		secretKeyEnv(v1alpha1.RedisURLEnv, ref),
		env(v1alpha1.RedisKeyPrefixEnv, "open-webui:"+p.d.Namespace+":"+p.d.Name),
		env(v1alpha1.WebsocketSupportEnv, "true"),
		env(v1alpha1.WebsocketManagerEnv, "redis"),
		secretKeyEnv(v1alpha1.WebsocketRedisURLEnv, ref),
	}
}

// secretKeyEnv returns a variable with the value of a key of the user's Secret.
func secretKeyEnv(name string, ref v1alpha1.SecretKeyReference) *applycorev1.EnvVarApplyConfiguration {
	return applycorev1.EnvVar().WithName(name).WithValueFrom(applycorev1.EnvVarSource().
		WithSecretKeyRef(applycorev1.SecretKeySelector().WithName(ref.Name).WithKey(ref.KeyOrDefault())))
}
