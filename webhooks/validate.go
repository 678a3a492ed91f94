package webhooks

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/patterns"
)

// Options are what an administrator decides for a whole installation.
type Options struct {
	// AllowHostPath lets Tabby's volumes mount folders of the node.
	AllowHostPath bool
	// AllowedIngressHosts are the hosts that ingresses may have.
	AllowedIngressHosts patterns.Hosts
	// AllowedIngressAnnotations are the annotations that ingresses may have.
	AllowedIngressAnnotations patterns.Annotations
}

// A rule looks at one concern of a defaulted object and returns every breach.
type rule func(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList

// rules are what the shapes of single fields cannot say, in the order in which
// their errors are printed.
var rules = []rule{
	ruleModelsUnique,
	ruleResources,
	ruleIngress,
	ruleOneHost,
	ruleIngressAllowed,
	ruleTabbyModel,
	ruleTabbyOllama,
	ruleTabbyEnv,
	ruleTabbyVolumes,
	ruleTabbyMounts,
}

// Validate checks a defaulted object, and on an update, where old is the stored
// object, the step from one to the other. It returns warnings, and every error at
// once with its JSON path. On an update, an error that the stored object has too,
// in a field that the update leaves as it was, is a warning only. An object that
// is being deleted is never refused.
func Validate(d, old *v1alpha1.OllamaDeployment, opts Options) ([]Warning, field.ErrorList) {
	if isBeingDeleted(old) {
		return nil, nil
	}
	errs := specErrors(d, opts)
	if old == nil {
		errs = slices.Concat(validateName(d), errs, ruleSpellings(d, nil))
		return besides(errs, warnings(d, nil)), shorten(errs)
	}
	if len(tooMany(errs)) > 0 && len(listErrors(d, old)) == 0 {
		errs = allErrors(d, opts) // a list that is stored so, and stays, hides nothing
	}
	errs, tolerated := ratchet(errs, d, old, opts)
	errs = slices.Concat(errs, transitionErrors(d, old), ruleSpellings(d, old))
	return besides(errs, append(tolerated, warnings(d, old)...)), shorten(errs)
}

// maxText is the most characters of a value or a message that an error repeats.
const maxText = 1024

// shorten cuts long values and messages, so that an answer is not as long as the request.
func shorten(errs field.ErrorList) field.ErrorList {
	for _, err := range errs {
		switch value := err.BadValue.(type) {
		case string:
			err.BadValue = cut(value)
		case []string:
			if text := strings.Join(value, ", "); len(text) > maxText {
				err.BadValue = cut(text)
			}
		}
		err.Field, err.Detail = cut(err.Field), cut(err.Detail)
	}
	return errs
}

func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "..."
}

// besides are the warnings about other fields than the errors are about.
func besides(errs field.ErrorList, warnings []Warning) []Warning {
	return slices.DeleteFunc(warnings, func(w Warning) bool {
		return slices.ContainsFunc(errs, func(err *field.Error) bool { return err.Field == w.Field })
	})
}

// schemaErrors returns those of Validate's errors that the CRD schema finds as well:
// the shapes of single fields, keys of lists that stand there twice, and replicas that
// cannot leave 1.
func schemaErrors(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	path := field.NewPath("spec")
	errs := validateTags(&d.Spec, path)
	if len(tooMany(errs)) == 0 {
		for _, check := range []rule{ruleTabbyEnv, ruleTabbyVolumes, ruleTabbyMounts} {
			for _, err := range check(d, path, Options{}) {
				if err.Type == field.ErrorTypeDuplicate {
					errs = append(errs, err)
				}
			}
		}
	}
	if old == nil {
		return errs
	}
	errs, _ = ratchet(errs, d, old, Options{})
	for _, err := range transitionErrors(d, old) {
		if err.Field == "spec.ollama.replicas" {
			errs = append(errs, err)
		}
	}
	return errs
}

// listErrors returns the errors about lists that are too long, and were not stored so.
func listErrors(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	errs := tooMany(validateTags(&d.Spec, field.NewPath("spec")))
	if old != nil {
		errs, _ = ratchet(errs, d, old, Options{})
	}
	return errs
}

// tooMany returns the errors about lists that are too long. Where there are any, nothing
// else is looked at, so that the work is bounded whatever was sent.
func tooMany(errs field.ErrorList) field.ErrorList {
	return errs.Filter(func(err error) bool {
		found, ok := errors.AsType[*field.Error](err)
		return ok && found.Type != field.ErrorTypeTooMany
	})
}

// specErrors returns what is wrong with an object: lists that are too long, or else all.
func specErrors(d *v1alpha1.OllamaDeployment, opts Options) field.ErrorList {
	if lists := tooMany(validateTags(&d.Spec, field.NewPath("spec"))); len(lists) > 0 {
		return lists
	}
	return allErrors(d, opts)
}

// allErrors returns everything that is wrong with an object, however long its lists.
func allErrors(d *v1alpha1.OllamaDeployment, opts Options) field.ErrorList {
	path := field.NewPath("spec")
	errs := slices.DeleteFunc(validateTags(&d.Spec, path), func(err *field.Error) bool { return repeatsSource(err, d) })
	for _, check := range rules {
		errs = append(errs, check(d, path, opts)...)
	}
	slices.SortStableFunc(errs, func(a, b *field.Error) int { return cmp.Compare(component(a), component(b)) })
	return errs
}

// repeatsSource tells whether the error is about a value that only passes on the
// mistake of what it comes from: an older spelling, or what a default is derived from.
func repeatsSource(err *field.Error, d *v1alpha1.OllamaDeployment) bool {
	for _, older := range d.Spec.OlderSpellings() {
		if older.Value != nil && err.Field == older.Replacement && older.Value == older.Replaced {
			return true
		}
	}
	switch err.Field {
	case "spec.tabby.ollamaServicePort":
		service := d.Spec.Ollama.Service
		return service != nil && service.Port != nil && err.BadValue == *service.Port
	case "spec.tabby.ollamaServiceName":
		return d.Name != "" && err.BadValue == v1alpha1.ChildName(d.Name, v1alpha1.ComponentOllama)
	case "spec.tabby.modelName":
		model, _ := err.BadValue.(string)
		return slices.Contains(d.Spec.Ollama.Models, v1alpha1.OllamaModel(model))
	default:
		return false
	}
}

// component ranks an error by the part of the spec that it is about, so that
// errors are printed in the order of the spec.
func component(err *field.Error) int {
	for i, name := range v1alpha1.Components() {
		if strings.HasPrefix(err.Field, "spec."+string(name)) {
			return i
		}
	}
	return -1
}
