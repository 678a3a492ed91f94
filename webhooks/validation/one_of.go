// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// members returns the JSON names of the fields that are set in a union of the Kubernetes API, a
// pointer to a struct of pointers of which exactly one must be set.
func members(union any) []string {
	value := reflect.ValueOf(union).Elem()
	var set []string
	for i := range value.NumField() {
		if f := value.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			set = append(set, jsonName(value.Type().Field(i)))
		}
	}
	return set
}

// atMostOne rejects a union with several fields set.
func atMostOne(union any, at *field.Path) field.ErrorList {
	if set := members(union); len(set) > 1 {
		return field.ErrorList{field.Forbidden(at, "must have one source, not "+strings.Join(set, " and "))}
	}
	return nil
}

// requiredOfUnion validates the required fields of the members that are set in a union.
func requiredOfUnion(union any, at *field.Path) field.ErrorList {
	value := reflect.ValueOf(union).Elem()
	var errs field.ErrorList
	for i := range value.NumField() {
		if f := value.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			errs = append(errs, requiredFields(f.Interface(), at.Child(jsonName(value.Type().Field(i))))...)
		}
	}
	return errs
}

// requiredFields rejects empty strings and lists in required fields of object, a pointer to a struct
// of the Kubernetes API. Required are those without omitempty. The schema requires the fields to be
// present, but not to have a value.
func requiredFields(object any, at *field.Path) field.ErrorList {
	value := reflect.ValueOf(object).Elem()
	var errs field.ErrorList
	for i := range value.NumField() {
		f := value.Type().Field(i)
		if strings.Contains(f.Tag.Get("json"), ",omit") || f.Anonymous {
			continue
		}
		if kind := f.Type.Kind(); (kind == reflect.String || kind == reflect.Slice) && value.Field(i).Len() == 0 {
			errs = append(errs, field.Required(at.Child(jsonName(f)), "must be set"))
		}
	}
	return errs
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// oneOf rejects a value that is set but not allowed. The error does not list the empty string, even
// if it is allowed.
func oneOf[T ~string](value *T, at *field.Path, allowed ...string) field.ErrorList {
	if value == nil || slices.Contains(allowed, string(*value)) {
		return nil
	}
	return field.ErrorList{notSupported(at, string(*value), slices.DeleteFunc(allowed, func(one string) bool { return one == "" }))}
}

// between rejects a number that is out of range.
func between[T cmp.Ordered](value, lowest, highest T, at *field.Path) field.ErrorList {
	if value >= lowest && value <= highest {
		return nil
	}
	return field.ErrorList{field.Invalid(at, value, fmt.Sprintf("must be between %v and %v", lowest, highest))}
}

func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }
