// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/resource"
)

// The memory that Ollama needs for a model is estimated from its name, unless Settings.Weights has its
// weights:
//
//	weights  = parameters × bits per weight / 8
//	memory   = max(weights × 1.2, weights + context) + 512Mi, rounded up to whole Gi
//
// A fifth of the weights is reserved for the context (KV cache) and compute buffers, or what
// these need by contextBytes if the settings of the server are known, and 512Mi for the server
// itself. 7b, 13b and 33b give 6Gi, 10Gi and 24Gi, which fit the 8, 16 and 32 GB that Ollama's
// README recommends for a whole machine (ollama/ollama, README.md, v0.1.20 to v0.16.0).
const (
	memoryPerWeightByte = 1.2
	serverMemory        = 512 << 20
	bytesPerGi          = 1 << 30

	// defaultBitsPerWeight applies to Q4_K_M, the quantization in Ollama's library unless the tag
	// specifies another. Source: llama.cpp, tools/quantize/README.md.
	defaultBitsPerWeight = 4.9
)

// bitsPerWeight maps the prefix of a quantization in a tag to its bits per weight; the first
// match wins.
//
// Source: llama.cpp, tools/quantize/README.md (Llama 3.1 8B), rounded up.
var bitsPerWeight = []struct {
	prefix string
	bits   float64
}{
	{"fp32", 32},
	{"f32", 32},
	{"bf16", 16},
	{"fp16", 16},
	{"f16", 16},
	{"q8", 8.5},
	{"q6", 6.6},
	{"q5", 5.8},
	{"q4", 4.9},
	{"q3", 4.3},
	{"q2", 3.2},
	{"iq4", 4.5},
	{"iq3", 3.7},
	{"iq2", 2.8},
	{"iq1", 2.1},
	{"mxfp4", 4.3},
}

// mixtureBillions holds the parameters, in billions, of mixtures of experts that share
// layers, so that experts × size exceeds them. Source: the model pages of Ollama's
// library (mixtral, llama4).
var mixtureBillions = map[string]float64{"8x7b": 46.7, "8x22b": 141, "16x17b": 109, "128x17b": 402}

// sizeRegexp returns what matches the size of a model: 7b, 1.5b, 270m, 8x7b, e4b.
var sizeRegexp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:([0-9]{1,4})x)?e?([0-9]{1,5}(?:\.[0-9]{1,3})?)([bm])$`)
})

// expertsRegexp returns what matches the number of experts of a mixture that is a word of its own: 16e in 17b-scout-16e.
var expertsRegexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]{1,4})e$`) })

// MemoryNeeded returns the memory that serving the model takes, by its weights in the settings, or else
// estimated from the size in its tag or its name. It returns false when none of them has a size, and
// for cloud models, whose weights are not pulled.
func (m ModelName) MemoryNeeded(s Settings) (resource.Quantity, bool) {
	need, known := m.bytesNeeded(s)
	return memory(need), known
}

// MemoryOfLargest returns the memory that serving the largest of the models takes, as many of
// them as may be in memory at the same time: one, unless the settings have another number. It
// returns false when the size of none is known.
func MemoryOfLargest(models []ModelName, s Settings) (resource.Quantity, bool) {
	var needs []float64
	for _, model := range models {
		if need, known := model.bytesNeeded(s); known {
			needs = append(needs, need)
		}
	}
	slices.SortFunc(needs, func(a, b float64) int { return cmp.Compare(b, a) })
	sum := 0.0
	for _, need := range needs[:min(len(needs), max(1, int(s.MaxLoadedModels)))] {
		sum += need
	}
	return memory(sum), len(needs) > 0
}

// memory returns the memory of a server, rounded up, whose models need the bytes.
func memory(bytes float64) resource.Quantity {
	// Settings that admission refuses must not overflow the quantity.
	gi := min(math.Ceil((bytes+serverMemory)/bytesPerGi), math.MaxInt64/bytesPerGi)
	return *resource.NewQuantity(int64(gi)*bytesPerGi, resource.BinarySI)
}

// bytesNeeded returns the bytes that the model itself takes, if its size is known.
func (m ModelName) bytesNeeded(s Settings) (float64, bool) {
	if m.IsCloud() {
		return 0, false
	}
	tag := strings.ToLower(m.tag())
	billions, found := billionsIn(tag)
	if !found {
		billions, found = billionsIn(m.base())
	}
	weights := billions * bytesPerBillion(tag)
	if size, known := s.Weights[m]; known {
		weights = float64(size)
		if !found {
			billions, found = weights/bytesPerBillion(tag), true
		}
	}
	if !found {
		return 0, false
	}
	return max(weights*memoryPerWeightByte, weights+m.contextBytes(billions, s)), true
}

// bytesPerBillion returns the bytes of a billion parameters in the quantization of the tag.
func bytesPerBillion(tag string) float64 { return 1e9 * bitsIn(tag) / 8 }

// billionsIn returns the first size in text, in billions of parameters.
func billionsIn(text string) (float64, bool) {
	all := words(text)
	experts := expertsIn(all)
	for _, word := range all {
		word = withExperts(experts, word)
		if known, found := mixtureBillions[word]; found {
			return known, true
		}
		match := sizeRegexp().FindStringSubmatch(word)
		if match == nil {
			continue
		}
		billions, err := strconv.ParseFloat(match[2], 64)
		if err != nil || billions == 0 {
			continue
		}
		if factor, err := strconv.ParseFloat(match[1], 64); err == nil {
			billions *= factor
		}
		if match[3] == "m" {
			billions /= 1000
		}
		return billions, true
	}
	return 0, false
}

// expertsIn returns the number of experts in the words as the start of a size, such as 16x, "" if none has it.
func expertsIn(words []string) string {
	for _, word := range words {
		if match := expertsRegexp().FindStringSubmatch(word); match != nil {
			return match[1] + "x"
		}
	}
	return ""
}

// withExperts returns a size with the number of experts, unless it has one of its own.
func withExperts(experts, size string) string {
	if size[0] < '0' || size[0] > '9' || strings.Contains(size, "x") {
		return size
	}
	return experts + size
}

// bitsIn returns the bits per weight of the quantization in the tag, or the default.
func bitsIn(tag string) float64 {
	for _, word := range words(tag) {
		for _, quantization := range bitsPerWeight {
			if strings.HasPrefix(word, quantization.prefix) {
				return quantization.bits
			}
		}
	}
	return defaultBitsPerWeight
}

// words splits a tag or name at "-" and "_", but not at the "." of 1.5b.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '_' })
}
