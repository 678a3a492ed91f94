// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

var (
	keepAliveRegexp = regexp.MustCompile(v1alpha1.KeepAlivePattern)
	// spelledTime matches a number with a unit in words, such as "10 minutes" or "7d".
	spelledTime = regexp.MustCompile(`^([0-9]{1,5})(d|days?|h|hours?|hrs?|m|min|mins|minutes?|s|sec|secs|seconds?)$`)
)

// validateSettings refuses a quantized KV cache without flash attention. Versions of Ollama that
// do not fail to load models with these settings ignore the type of the cache.
//
// Source: ollama/ollama, llm/server.go, v0.5.0 to v0.20.0, and docs/faq.mdx, v0.33.0.
func validateSettings(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	settings := d.Spec.Ollama.Settings
	if settings == nil || !isQuantized(settings.KVCacheType) || ptr.Deref(settings.FlashAttention, true) {
		return nil
	}
	return field.ErrorList{field.Forbidden(spec.Child("ollama", "settings", "kvCacheType"),
		string(*settings.KVCacheType)+" needs flash attention; set flashAttention: true, or kvCacheType: f16")}
}

func isQuantized(cache *v1alpha1.KVCacheType) bool {
	return cache != nil && (*cache == v1alpha1.KVCacheQ8 || *cache == v1alpha1.KVCacheQ4)
}

// explainKeepAlive returns why Ollama would ignore the duration, "" if it would not.
func explainKeepAlive(value string) string {
	if keepAliveRegexp.MatchString(value) {
		return ""
	}
	const grammar = `must be a duration such as "10m" or "1h30m" with the units h, m, s and ms, or a number of seconds; "-1" is forever`
	if value == "" {
		return sayEmpty.say()
	}
	return grammar + didYouMean(nearestKeepAlive(strings.ToLower(strings.ReplaceAll(value, " ", ""))))
}

// nearestKeepAlive returns what was probably meant, "" if that is unclear.
func nearestKeepAlive(value string) string {
	switch value {
	case "forever", "infinite", "infinity", "inf", "always", "never":
		return "-1"
	}
	if keepAliveRegexp.MatchString(value) {
		return value
	}
	match := spelledTime.FindStringSubmatch(value)
	if match == nil {
		return ""
	}
	number, unit := match[1], match[2][:1]
	if unit == "d" {
		days, err := strconv.Atoi(number)
		if err != nil {
			return ""
		}
		number, unit = strconv.Itoa(24*days), "h"
	}
	if suggestion := number + unit; keepAliveRegexp.MatchString(suggestion) {
		return suggestion
	}
	return ""
}

// settingsWarnings returns the warnings about settings that may have no effect.
func settingsWarnings(settings *v1alpha1.OllamaSettings) []Warning {
	if settings == nil || !isQuantized(settings.KVCacheType) || settings.FlashAttention != nil {
		return nil
	}
	return warn("spec.ollama.settings.kvCacheType", warnQuantizedCache, *settings.KVCacheType)
}
