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

// members are the JSON names of what is set in a Kubernetes union, a pointer to a
// struct of pointers of which one is to be set.
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

// atMostOne refuses a union with several members set.
func atMostOne(union any, at *field.Path) field.ErrorList {
	if set := members(union); len(set) > 1 {
		return field.ErrorList{field.Forbidden(at, "must have one source, not "+strings.Join(set, " and "))}
	}
	return nil
}

// requiredOfUnion checks the required fields of what is set in a Kubernetes union.
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

// requiredFields refuses a text or list that is empty in object, a pointer to a struct
// of the Kubernetes API, although it is not optional there, that is, written even if
// it is empty. The schema asks for the field alone, not for a value.
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

// oneOf refuses a value that is set and not one of the allowed ones. An empty allowed
// one is not named.
func oneOf[T ~string](value *T, at *field.Path, allowed ...string) field.ErrorList {
	if value == nil || slices.Contains(allowed, string(*value)) {
		return nil
	}
	return field.ErrorList{notSupported(at, string(*value), slices.DeleteFunc(allowed, func(one string) bool { return one == "" }))}
}

// between refuses a number that is out of its bounds.
func between[T cmp.Ordered](value, lowest, highest T, at *field.Path) field.ErrorList {
	if value >= lowest && value <= highest {
		return nil
	}
	return field.ErrorList{field.Invalid(at, value, fmt.Sprintf("must be between %v and %v", lowest, highest))}
}

func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }
