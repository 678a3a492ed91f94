// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import "strings"

// fillInTheMiddle maps parts of the names of code models to prompt templates; the first match wins.
//
// Source: TabbyML/registry-tabby, models.json.
var fillInTheMiddle = []struct{ name, template string }{
	{"codellama", "<PRE> {prefix} <SUF>{suffix} <MID>"},
	{"deepseek-coder", "<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>"},
	{"starcoder", "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"},
	{"codeqwen", "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"},
	{"qwen2.5-coder", "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"},
	{"codegemma", "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"},
	{"codestral", "[SUFFIX]{suffix}[PREFIX]{prefix}"},
}

// FillInTheMiddle returns the template of the prompt for completing code between {prefix} and
// {suffix}. It returns false if it is not known; Tabby then sends only the code before the cursor.
func (m ModelName) FillInTheMiddle() (string, bool) {
	for _, family := range fillInTheMiddle {
		if strings.Contains(m.base(), family.name) {
			return family.template, true
		}
	}
	return "", false
}
