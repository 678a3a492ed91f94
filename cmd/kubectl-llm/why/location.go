// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// A location is a field of the schema, and its value in the object.
type location struct {
	// path of the field, as in errors: the keys of maps and the indices of lists are in brackets.
	path string
	// steps lead to the field: names and keys (string), and indices of lists (int).
	steps []any
	// owned is the path by which managers own the field: that of the nearest parent that they can only
	// own as a whole, if there is one.
	owned fieldpath.Path
	// whole reports that managers own the field only as a whole, or as a part of such a field.
	whole  bool
	schema *structuralschema.Structural
	// value is nil if the field is unset.
	value any
}

// child returns the location of a field of a struct, or of the key of a map.
func (l location) child(name string) (location, bool) {
	schema, found := l.schema.Properties[name]
	next := l.next(name, l.path+"."+name, &schema)
	if !found {
		if l.schema.AdditionalProperties == nil || l.schema.AdditionalProperties.Structural == nil {
			return location{}, false
		}
		next = l.next(name, l.path+"["+name+"]", l.schema.AdditionalProperties.Structural)
	}
	if values, ok := l.value.(map[string]any); ok {
		next.value = values[name]
	}
	if !l.whole {
		next.owned = append(l.owned.Copy(), fieldpath.PathElement{FieldName: &name})
	}
	return next, true
}

// entry returns the location of an entry of a list, which has to exist.
func (l location) entry(index int) location {
	next := l.next(index, l.path+"["+strconv.Itoa(index)+"]", l.schema.Items)
	list, _ := l.value.([]any)
	next.value = list[index]
	if element, found := l.element(next.value); found && !l.whole {
		next.owned = append(l.owned.Copy(), element)
	}
	return next
}

func (l location) next(step any, path string, schema *structuralschema.Structural) location {
	return location{
		path: strings.TrimPrefix(path, "."), steps: append(slices.Clip(l.steps), step), owned: l.owned,
		whole: l.whole || isWhole(schema), schema: schema,
	}
}

// element returns how managers own an entry of the list: by its keys or by its value.
func (l location) element(entry any) (fieldpath.PathElement, bool) {
	switch {
	case listType(l.schema) == "set":
		v := value.NewValueInterface(entry)
		return fieldpath.PathElement{Value: &v}, true
	case listType(l.schema) == "map":
		var keys value.FieldList
		fields, _ := entry.(map[string]any)
		for _, name := range l.schema.XListMapKeys {
			if key, found := fields[name]; found {
				keys = append(keys, value.Field{Name: name, Value: value.NewValueInterface(key)})
			}
		}
		keys.Sort()
		return fieldpath.PathElement{Key: &keys}, len(keys) > 0
	default:
		return fieldpath.PathElement{}, false
	}
}

// isWhole reports whether managers own a list or a map of the schema only as a whole. Lists do by
// default.
//
// Source: k8s.io/apiextensions-apiserver, the extensions x-kubernetes-list-type and -map-type.
func isWhole(schema *structuralschema.Structural) bool {
	return schema.Type == "array" && listType(schema) == "atomic" || schema.XMapType != nil && *schema.XMapType == "atomic"
}

func listType(schema *structuralschema.Structural) string {
	if schema.XListType == nil {
		return "atomic"
	}
	return *schema.XListType
}

// names returns the names that lead to the field, joined by dots, as paths of the API's rows; empty for
// an entry of a list and what is below it.
func (l location) names() string {
	out := make([]string, 0, len(l.steps))
	for _, step := range l.steps {
		name, ok := step.(string)
		if !ok {
			return ""
		}
		out = append(out, name)
	}
	return strings.Join(out, ".")
}

// leaves returns the fields at and below the location that managers own separately, and the location
// itself if it is unset or below such a field.
func (l location) leaves() []location {
	if l.whole || isEmpty(l.value) {
		return []location{l}
	}
	var out []location
	switch v := l.value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if next, found := l.child(name); found {
				out = append(out, next.leaves()...)
			}
		}
	case []any:
		for i := range v {
			if l.schema.Items != nil { // it is nil for a value of another type than the schema's
				out = append(out, l.entry(i).leaves()...)
			}
		}
	default:
		return []location{l}
	}
	return out
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return v == nil
	}
}

// find returns the location of a field as users write it: with or without a leading dot and "spec";
// with an index, a key or a name in brackets.
func (e *Explainer) find(field string) (location, error) {
	root := location{schema: e.schema, value: any(e.object), owned: fieldpath.Path{}}
	at, found := root.child("spec")
	if !found {
		return location{}, errors.New("the schema has no spec")
	}
	rest := strings.TrimPrefix(strings.TrimSpace(field), ".")
	if first, _, _ := strings.Cut(rest, "."); first == "metadata" || first == "status" || first == "apiVersion" || first == "kind" {
		return location{}, fmt.Errorf("%s: must be a field of the spec", field)
	}
	if rest == "spec" {
		rest = ""
	}
	rest = strings.TrimPrefix(rest, "spec.")
	for rest != "" {
		var err error
		if at, rest, err = at.step(rest); err != nil {
			return location{}, err
		}
	}
	return at, nil
}
