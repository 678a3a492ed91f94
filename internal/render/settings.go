// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strconv"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// settingsEnv returns the variables of the settings that are set.
//
// Source: ollama/ollama, envconfig/config.go (AsMap), v0.33.0.
func settingsEnv(s *v1alpha1.OllamaSettings) []*applycorev1.EnvVarApplyConfiguration {
	if s == nil {
		return nil
	}
	var out []*applycorev1.EnvVarApplyConfiguration
	if s.KeepAlive != nil {
		out = append(out, env("OLLAMA_KEEP_ALIVE", *s.KeepAlive))
	}
	for _, number := range []struct {
		name  string
		value *int32
	}{
		{"OLLAMA_CONTEXT_LENGTH", s.ContextLength},
		{"OLLAMA_NUM_PARALLEL", s.Parallel},
		{"OLLAMA_MAX_LOADED_MODELS", s.MaxLoadedModels},
	} {
		if number.value != nil {
			out = append(out, env(number.name, strconv.Itoa(int(*number.value))))
		}
	}
	if s.KVCacheType != nil {
		out = append(out, env("OLLAMA_KV_CACHE_TYPE", string(*s.KVCacheType)))
	}
	if s.FlashAttention != nil {
		out = append(out, env("OLLAMA_FLASH_ATTENTION", strconv.FormatBool(*s.FlashAttention)))
	}
	return out
}
