// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/patterns"
)

// Options contains what rules depend on beside the object: settings of the operator, and the cluster.
type Options struct {
	// AllowHostPath allows hostPath volumes.
	AllowHostPath bool
	// AllowServiceAccounts allows pods with a ServiceAccount of the namespace.
	AllowServiceAccounts bool
	// AllowPrivilegedPods allows security contexts beyond the Pod Security level baseline.
	AllowPrivilegedPods bool
	// NoResourceClaims rejects claims of devices, because the cluster does not have their API.
	NoResourceClaims bool
	// NoImageVolumes rejects images with models, because the cluster cannot mount them.
	NoImageVolumes bool
	// AllowedIngressHosts restricts the hosts of ingresses and routes.
	AllowedIngressHosts patterns.Hosts
	// AllowedIngressAnnotations restricts the annotations of ingresses and routes.
	AllowedIngressAnnotations patterns.Annotations
}

// A rule validates one aspect of a defaulted object.
type rule struct {
	// validate returns all errors. The path is that of the spec.
	validate func(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList
	// inSchema reports whether the CRD schema returns an error, too; nil means none. The mutating
	// webhook evaluates such rules, because otherwise the schema would reject the object before
	// all errors are known.
	inSchema func(*field.Error) bool
}

// rules lists the rules in the order of their errors. They are evaluated in addition to the validate
// tags of the API types, which cover single fields.
var rules = []rule{
	{validateRunAsUser, isInvalid},
	{validate: validateSecurity},
	{validate: validateTrust},
	{validate: validateModels},
	{validateSource, isDuplicate},
	{validate: validateIdentity},
	{validateModelImages, isDuplicate},
	{validate: validateResources},
	{validate: validateSettings},
	{validate: validateClaimSettings},
	{validate: validateClaimsDiffer},
	{validate: each(validateService)},
	{validate: validateNodePortsDiffer},
	{validate: validateNetworkPolicy},
	{validate: validateIngresses},
	{validate: validateHostsDiffer},
	{validate: validateRoutes},
	{validate: validateRoutesDiffer},
	{validate: validateAllowedIngresses},
	{validate: validateAllowedRoutes},
	{validate: validateTabbyModel},
	{validate: validateTabbyOllama},
	{validate: validateOpenWebUI},
	{each(validateEnv), isDuplicate},
	{each(validateVolumes), isDuplicate},
	{each(validateMounts), isDuplicate},
	{validate: each(validateContainerNames)},
	{each(validatePod), isDuplicate},
	{validate: validateLevel},
}

// each returns a rule for each component of the spec, which gets the component's path.
func each(validate func(c v1alpha1.Component, path *field.Path, opts Options) field.ErrorList) func(*v1alpha1.OllamaDeployment, *field.Path, Options) field.ErrorList {
	return func(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
		components := d.Spec.Components()
		errs := make(field.ErrorList, 0, len(components))
		for _, c := range components {
			errs = append(errs, validate(c, spec.Child(string(c.Name)), opts)...)
		}
		return errs
	}
}

func isInvalid(err *field.Error) bool { return err.Type == field.ErrorTypeInvalid }

func isDuplicate(err *field.Error) bool { return err.Type == field.ErrorTypeDuplicate }

// ValidateCreate validates a new, defaulted object. decodeErrs are the errors that Decode returned. It
// returns warnings and all errors, including decodeErrs but no other errors about their fields.
func ValidateCreate(d *v1alpha1.OllamaDeployment, decodeErrs field.ErrorList, opts Options) ([]Warning, field.ErrorList) {
	errs := slices.Concat(validateName(d), specErrors(d, opts), validateDeprecatedFields(d, nil))
	return result(decodeErrs, errs, warnings(d, nil))
}

// ValidateUpdate validates a defaulted object as an update of the stored object old. Errors that the
// stored object has, too, in a field that the update does not change, are returned as warnings.
// decodeErrs, which Decode returned, are always errors. Objects that are being deleted have none.
func ValidateUpdate(d, old *v1alpha1.OllamaDeployment, decodeErrs field.ErrorList, opts Options) ([]Warning, field.ErrorList) {
	if IsBeingDeleted(old) {
		return nil, nil
	}
	errs := specErrors(d, opts)
	if len(tooMany(errs)) > 0 && len(ListErrors(d, old)) == 0 {
		errs = allErrors(d, opts) // a list that is stored and too long must not hide other errors
	}
	errs, tolerated := ratchet(errs, d, old, opts)
	errs = slices.Concat(errs, validateUpdate(d, old), validateDeprecatedFields(d, old))
	return result(decodeErrs, errs, append(tolerated, warnings(d, old)...))
}

// result returns decodeErrs and the errors about other fields, and the warnings about fields without
// errors.
func result(decodeErrs, errs field.ErrorList, warnings []Warning) ([]Warning, field.ErrorList) {
	warnings = withoutErrors(decodeErrs, withoutErrors(errs, warnings))
	return warnings, Shorten(slices.Concat(decodeErrs, NotAmong(decodeErrs, errs)))
}

// maxText limits the length, in bytes, of a value or a message in an error.
const maxText = 1024

// Shorten truncates long values and messages, so that the response is not as long as the request. It
// modifies errs.
func Shorten(errs field.ErrorList) field.ErrorList {
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

// withoutErrors returns the warnings about fields without errors.
func withoutErrors(errs field.ErrorList, warnings []Warning) []Warning {
	return slices.DeleteFunc(warnings, func(w Warning) bool {
		return slices.ContainsFunc(errs, func(err *field.Error) bool { return err.Field == w.Field })
	})
}

// SchemaErrors returns the errors that the CRD schema returns, too: those of the validate tags, the user of
// restricted pods, duplicate keys of lists, and replicas that have to stay 1. The stored object old is nil on
// a create.
func SchemaErrors(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	path := field.NewPath("spec")
	errs := validateTags(&d.Spec, path)
	if len(tooMany(errs)) == 0 {
		for _, rule := range rules {
			if rule.inSchema == nil {
				continue
			}
			for _, err := range rule.validate(d, path, Options{}) {
				if rule.inSchema(err) {
					errs = append(errs, err)
				}
			}
		}
	}
	if old == nil {
		return errs
	}
	errs, _ = ratchet(errs, d, old, Options{})
	for _, err := range validateUpdate(d, old) {
		if isUpdateErrorInSchema(err) {
			errs = append(errs, err)
		}
	}
	return errs
}

// ListErrors returns the errors about lists that are too long, except for those of the stored object
// old, which is nil on a create.
func ListErrors(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	errs := tooMany(validateTags(&d.Spec, field.NewPath("spec")))
	if old != nil {
		errs, _ = ratchet(errs, d, old, Options{})
	}
	return errs
}

// tooMany returns the errors about lists that are too long. If there are any, no rules are evaluated,
// because that could take long.
func tooMany(errs field.ErrorList) field.ErrorList {
	return errs.Filter(func(err error) bool {
		found, ok := errors.AsType[*field.Error](err)
		return ok && found.Type != field.ErrorTypeTooMany
	})
}

// specErrors returns the errors about lists that are too long, or else all errors of an object.
func specErrors(d *v1alpha1.OllamaDeployment, opts Options) field.ErrorList {
	ofTags := validateTags(&d.Spec, field.NewPath("spec"))
	if lists := tooMany(ofTags); len(lists) > 0 {
		return lists
	}
	return withRules(ofTags, d, opts)
}

// allErrors returns all errors of an object, regardless of the length of its lists.
func allErrors(d *v1alpha1.OllamaDeployment, opts Options) field.ErrorList {
	return withRules(validateTags(&d.Spec, field.NewPath("spec")), d, opts)
}

// withRules returns all errors of an object, of which ofTags are those of the validate tags. It modifies ofTags.
func withRules(ofTags field.ErrorList, d *v1alpha1.OllamaDeployment, opts Options) field.ErrorList {
	path := field.NewPath("spec")
	errs := slices.DeleteFunc(ofTags, func(err *field.Error) bool { return RepeatsSource(err, d) })
	for _, rule := range rules {
		errs = append(errs, rule.validate(d, path, opts)...)
	}
	slices.SortStableFunc(errs, func(a, b *field.Error) int { return cmp.Compare(component(a), component(b)) })
	return errs
}

// RepeatsSource reports whether the error is about a value that was copied from a deprecated field or
// derived from another field, and therefore repeats an error of that field.
func RepeatsSource(err *field.Error, d *v1alpha1.OllamaDeployment) bool {
	for _, deprecated := range d.Spec.DeprecatedFields() {
		if deprecated.Value != nil && err.Field == deprecated.Replacement && deprecated.Value == deprecated.Replaced {
			return true
		}
	}
	return d.RepeatsSource(err.Field)
}

// component returns the index of the component that an error is about, for sorting errors in the order
// of the spec.
func component(err *field.Error) int {
	return slices.IndexFunc(v1alpha1.ComponentNames(), func(name v1alpha1.ComponentName) bool {
		return strings.HasPrefix(err.Field, "spec."+string(name))
	})
}
