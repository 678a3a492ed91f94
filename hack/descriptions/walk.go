// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"reflect"
	"strings"
)

// describedLevels is the number of levels of a Kubernetes type whose fields keep a description:
// those of a volume, and of the source in it, but not of what a source refers to.
const describedLevels = 2

// walk shortens the descriptions in the schema of a field of ours: those in the schemas of
// Kubernetes' types, and not the field's own.
func walk(schema map[string]any, typ reflect.Type) {
	typ = indirect(typ)
	switch {
	case isKubernetes(typ):
		shortenBelow(schema, 1)
	case typ.Kind() == reflect.Slice, typ.Kind() == reflect.Map:
		for _, inner := range elements(schema) {
			if isKubernetes(indirect(typ.Elem())) {
				shortenOwn(inner, 1)
			}
			walk(inner, typ.Elem())
		}
	case typ.Kind() == reflect.Struct:
		known := fields(typ)
		for name, property := range properties(schema) {
			if field, found := known[name]; found {
				walk(property, field)
			}
		}
	}
}

func isKubernetes(typ reflect.Type) bool { return strings.HasPrefix(typ.PkgPath(), "k8s.io/") }

func indirect(typ reflect.Type) reflect.Type {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	return typ
}

// fields returns the types of a struct's fields by their names in JSON, with those of structs
// that are embedded in it.
func fields(typ reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for field := range typ.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name != "":
			out[name] = field.Type
		case field.Anonymous:
			maps.Copy(out, fields(indirect(field.Type)))
		}
	}
	return out
}

// shortenBelow shortens the descriptions in the schema of a Kubernetes type, whose fields are at
// the given level.
func shortenBelow(schema map[string]any, level int) {
	for _, inner := range elements(schema) {
		shortenOwn(inner, level)
		shortenBelow(inner, level)
	}
	for _, property := range properties(schema) {
		shortenOwn(property, level)
		shortenBelow(property, level+1)
	}
}

// shortenOwn shortens the description of the schema itself.
func shortenOwn(schema map[string]any, level int) {
	description, found := schema["description"].(string)
	switch {
	case !found:
	case level > describedLevels:
		delete(schema, "description")
	default:
		schema["description"] = firstSentence(description)
	}
}

// properties returns the schemas of an object's properties by their names.
func properties(schema map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for name, property := range object(schema, "properties") {
		if property, isObject := property.(map[string]any); isObject {
			out[name] = property
		}
	}
	return out
}

// elements returns the schemas of the elements of a list or of a map.
func elements(schema map[string]any) []map[string]any {
	var out []map[string]any
	for _, key := range []string{"items", "additionalProperties"} {
		if inner := object(schema, key); inner != nil {
			out = append(out, inner)
		}
	}
	return out
}

// firstSentence returns the text up to the end of its first sentence or paragraph, without
// line breaks.
func firstSentence(text string) string {
	paragraph, _, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	words := strings.Fields(paragraph)
	for i, word := range words {
		// Abbreviations such as "i.e." end no sentence.
		if strings.HasSuffix(word, ".") && strings.Count(word, ".") == 1 && word != "etc." {
			return strings.Join(words[:i+1], " ")
		}
	}
	return strings.Join(words, " ")
}
