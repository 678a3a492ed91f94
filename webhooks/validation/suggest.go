// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxListed limits the number of allowed values in a message.
const maxListed = 10

// maxSuggested limits the length, in bytes, of values that suggestions are computed for.
const maxSuggested = 63

// Nearest returns the candidate that was probably intended by value: one that differs only in case,
// or the nearest one if at most a third of the characters differ. It returns "" if there is none.
func Nearest(value string, candidates []string) string {
	best, distance := "", max(1, len(value)/3)+1
	for _, candidate := range candidates {
		if strings.EqualFold(value, candidate) {
			return candidate
		}
		// The distance is at least the difference of the lengths; computing it takes time
		// proportional to their product.
		if max(len(value), len(candidate))-min(len(value), len(candidate)) >= distance || len(value) > maxSuggested {
			continue
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(value), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// didYouMean returns the end of a message with a suggestion, "" if there is none.
func didYouMean(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return sayMeant.say(suggestion)
}

// notSupported returns the error about a value that is not allowed, with a suggestion if there is one.
func notSupported(path *field.Path, value string, allowed []string) *field.Error {
	err := field.NotSupported(path, value, allowed[:min(len(allowed), maxListed)])
	if more := len(allowed) - maxListed; more > 0 {
		err.Detail += fmt.Sprintf(" and %d more", more)
	}
	err.Detail += didYouMean(Nearest(value, allowed))
	return err
}
