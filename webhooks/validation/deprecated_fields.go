package validation

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateDeprecatedFields refuses a deprecated field that says something else than its
// replacement. On an update, where old is the stored object, the defaults have made both
// agree, unless both were changed or one manifest says both. What is stored apart stays.
func validateDeprecatedFields(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	before := spellingsOf(old)
	var errs field.ErrorList
	for _, older := range d.Spec.OlderSpellings() {
		was := before[older.Path]
		if older.Value != nil && older.Value != older.Replaced && (older.Value != was.Value || older.Replaced != was.Replaced) {
			errs = append(errs, field.Invalid(field.NewPath(older.Path), older.Value, fmt.Sprintf(
				"is deprecated in favor of %s, which is %s; remove one of them", older.Replacement, shown(older.Replaced))))
		}
	}
	return errs
}

// spellingsOf are the older spellings of a stored object by path.
func spellingsOf(old *v1alpha1.OllamaDeployment) map[string]v1alpha1.OlderSpelling {
	out := map[string]v1alpha1.OlderSpelling{}
	if old != nil {
		for _, older := range old.Spec.OlderSpellings() {
			out[older.Path] = older
		}
	}
	return out
}

// A deprecatedSpelling is the path of what is written in an older way, and what to write
// today.
type deprecatedSpelling struct{ path, replacement string }

// deprecatedSpellings are those of an object that are in effect.
func deprecatedSpellings(d *v1alpha1.OllamaDeployment) []deprecatedSpelling {
	var out []deprecatedSpelling
	if d.Kind == v1alpha1.KindAlias {
		out = append(out, deprecatedSpelling{"kind", v1alpha1.Kind})
	}
	for _, older := range d.Spec.OlderSpellings() {
		if older.Value != nil && older.Value == older.Replaced {
			out = append(out, deprecatedSpelling{older.Path, older.Replacement})
		}
	}
	return out
}

// deprecationWarning is one warning about all of them: it stands at the first, and names
// the others.
func deprecationWarning(spellings []deprecatedSpelling) []Warning {
	if len(spellings) == 0 {
		return nil
	}
	out := warn(spellings[0].path, warnDeprecated, spellings[0].replacement)
	var others []string
	for _, other := range spellings[1:] {
		others = append(others, strings.TrimPrefix(other.path, "spec."))
	}
	if len(others) > 0 {
		out[0].Message += fmt.Sprintf(warnAlsoDeprecated, strings.Join(others, ", "))
	}
	return out
}

// notInEffect are warnings about older spellings whose replacement says something else.
func notInEffect(d *v1alpha1.OllamaDeployment) []Warning {
	var out []Warning
	for _, older := range d.Spec.OlderSpellings() {
		if older.Value != nil && older.Value != older.Replaced {
			out = append(out, warn(older.Path, warnNotInEffect, older.Replacement, shown(older.Replaced))...)
		}
	}
	return out
}

// removalWarnings name what changed because the older spelling that had set it was
// removed.
func removalWarnings(d, old *v1alpha1.OllamaDeployment) []Warning {
	before := spellingsOf(old)
	var out []Warning
	for _, older := range d.Spec.OlderSpellings() {
		was := before[older.Path]
		if older.Value == nil && was.Value != nil && was.Value == was.Replaced && older.Replaced != was.Replaced {
			out = append(out, Warning{older.Path, fmt.Sprintf(warnRemoved, older.Replacement, shown(was.Replaced), shown(older.Replaced))})
		}
	}
	return out
}

// shown is a value as a message shows it: texts in quotes, without control characters.
func shown(value any) string {
	if value == nil {
		return "unset"
	}
	return fmt.Sprintf("%#v", value)
}
