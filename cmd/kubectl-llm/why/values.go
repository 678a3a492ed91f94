// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"slices"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// walk returns the value that managers own by the path, and false if there is none or null.
func walk(object map[string]any, path fieldpath.Path) (any, bool) {
	var current any = object
	for _, element := range path {
		switch v := current.(type) {
		case map[string]any:
			if element.FieldName == nil {
				return nil, false
			}
			current = v[*element.FieldName]
		case []any:
			i := slices.IndexFunc(v, func(entry any) bool { return matches(entry, element) })
			if i < 0 {
				return nil, false
			}
			current = v[i]
		default:
			return nil, false
		}
	}
	return current, current != nil
}

// matches reports whether the element stands for the entry of a list.
func matches(entry any, element fieldpath.PathElement) bool {
	if element.Value != nil {
		return value.Equals(value.NewValueInterface(entry), *element.Value)
	}
	fields, ok := entry.(map[string]any)
	return ok && element.Key != nil && !slices.ContainsFunc(*element.Key, func(key value.Field) bool {
		return !value.Equals(value.NewValueInterface(fields[key.Name]), key.Value)
	})
}

// lookUp returns the value at the steps, and false if there is none or null.
func lookUp(object map[string]any, steps []any) (any, bool) {
	var current any = object
	for _, step := range steps {
		switch v := current.(type) {
		case map[string]any:
			name, _ := step.(string)
			current = v[name]
		case []any:
			index, ok := step.(int)
			if !ok || index >= len(v) {
				return nil, false
			}
			current = v[index]
		default:
			return nil, false
		}
	}
	return current, current != nil
}
