package v1alpha1

import "strings"

// fillInTheMiddle are the prompts with which families of code models complete
// between a prefix and a suffix, by what their name contains; the first match
// counts. Source: TabbyML/registry-tabby, models.json.
var fillInTheMiddle = []struct{ name, template string }{
	{"codellama", "<PRE> {prefix} <SUF>{suffix} <MID>"},
	{"deepseek-coder", "<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>"},
	{"starcoder", "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"},
	{"codeqwen", "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"},
	{"qwen2.5-coder", "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"},
	{"codegemma", "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"},
	{"codestral", "[SUFFIX]{suffix}[PREFIX]{prefix}"},
}

// FillInTheMiddle is the prompt template with which the model completes between
// {prefix} and {suffix}; false when none is known, and Tabby then sends what
// stands before the cursor only.
func (m OllamaModel) FillInTheMiddle() (string, bool) {
	for _, family := range fillInTheMiddle {
		if strings.Contains(m.base(), family.name) {
			return family.template, true
		}
	}
	return "", false
}
