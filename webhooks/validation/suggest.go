package validation

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxListed is the most allowed values that a message lists.
const maxListed = 10

// maxSuggested is the most characters of a text that a suggestion is looked for.
const maxSuggested = 63

// Nearest is the candidate that value most probably was meant to be, or nothing
// when none is near: equal but for case, or at most a third of it mistyped.
func Nearest(value string, candidates []string) string {
	best, distance := "", max(1, len(value)/3)+1
	for _, candidate := range candidates {
		if strings.EqualFold(value, candidate) {
			return candidate
		}
		// The distance is at least the difference in length, and takes as many steps as
		// the product of both.
		if max(len(value), len(candidate))-min(len(value), len(candidate)) >= distance || len(value) > maxSuggested {
			continue
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(value), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// didYouMean ends a message with a suggestion, if there is one.
func didYouMean(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", suggestion)
}

// notSupported refuses a value that is not one of the allowed ones.
func notSupported(path *field.Path, value string, allowed []string) *field.Error {
	err := field.NotSupported(path, value, allowed[:min(len(allowed), maxListed)])
	if more := len(allowed) - maxListed; more > 0 {
		err.Detail += fmt.Sprintf(" and %d more", more)
	}
	err.Detail += didYouMean(Nearest(value, allowed))
	return err
}
