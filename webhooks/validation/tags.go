// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	validatorv10 "github.com/go-playground/validator/v10"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// tags evaluates the validate tags of the API types. Unknown tags panic when they are first used,
// which tests with a full object detect.
var tags = newTagValidator()

// explainers implement custom tags. Each returns a message about an invalid value, with the allowed
// values and a suggestion, "" if the value is valid.
var explainers = map[string]func(string) string{
	"ollama_model":     explainModel,
	"image_repository": explainImage,
	"image_tag":        explainImageTag,
	"image_reference":  explainImageReference,
	"ingress_host":     explainHost,
	"service_name":     explainServiceName,
	"keep_alive":       explainKeepAlive,
	registryHostTag:    explainRegistryHost,
	"route_duration":   explainRouteDuration,
}

const registryHostTag = "registry_host"

func newTagValidator() *validatorv10.Validate {
	v := validatorv10.New(validatorv10.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for tag, explain := range explainers {
		check := func(fl validatorv10.FieldLevel) bool { return explain(fl.Field().String()) == "" }
		if err := v.RegisterValidation(tag, check); err != nil {
			panic(err) // only for an empty tag or a nil function
		}
	}
	return v
}

// validateTags evaluates the validate tags of object, a pointer to a struct whose path is path.
func validateTags(object any, path *field.Path) field.ErrorList {
	var found validatorv10.ValidationErrors
	if !errors.As(tags.Struct(object), &found) {
		return nil
	}
	errs := make(field.ErrorList, 0, len(found))
	for _, f := range found {
		errs = append(errs, tagError(f, fieldPath(path, f.Namespace())))
	}
	return errs
}

// fieldPath returns root with a namespace of the validator, such as "Spec.ollama.models[0]". The first
// segment, the Go type, is dropped.
func fieldPath(root *field.Path, namespace string) *field.Path {
	path := root
	for _, segment := range strings.Split(namespace, ".")[1:] {
		name, rest, _ := strings.Cut(segment, "[")
		path = path.Child(name)
		if index, err := strconv.Atoi(strings.TrimSuffix(rest, "]")); err == nil {
			path = path.Index(index)
		}
	}
	return path
}

func tagError(f validatorv10.FieldError, path *field.Path) *field.Error {
	if explain, found := explainers[f.Tag()]; found {
		value := reflect.ValueOf(f.Value()).String()
		why := explain(value)
		if f.Tag() == registryHostTag {
			value = withoutCredentials(value)
		}
		return field.Invalid(path, value, why)
	}
	switch f.Tag() {
	case "oneof":
		return notSupported(path, fmt.Sprint(f.Value()), strings.Fields(f.Param()))
	case "required":
		return field.Required(path, "must be set")
	case "min", "max":
		return boundError(f, path)
	default:
		return field.Invalid(path, f.Value(), "must satisfy "+f.Tag()+" "+f.Param())
	}
}

func boundError(f validatorv10.FieldError, path *field.Path) *field.Error {
	word := map[string]string{"min": "at least", "max": "at most"}[f.Tag()]
	switch f.Kind() {
	case reflect.Slice, reflect.Map:
		if limit, err := strconv.Atoi(f.Param()); err == nil && f.Tag() == "max" {
			return field.TooMany(path, reflect.ValueOf(f.Value()).Len(), limit)
		}
		return field.Required(path, "must have "+word+" "+f.Param()+" entry")
	case reflect.String:
		if f.Tag() == "min" {
			return field.Invalid(path, f.Value(), sayEmpty.say())
		}
		return field.Invalid(path, f.Value(), "must have "+word+" "+f.Param()+" characters")
	default:
		return field.Invalid(path, f.Value(), "must be "+word+" "+f.Param())
	}
}
