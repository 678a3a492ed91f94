// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"reflect"
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// knownPath returns the part of an error's path that consists of fields of the API, without indices
// and keys. Keys are untrusted text, which must not be in labels or logs, and may contain the
// separators of paths.
func knownPath(path string) string {
	known := make([]string, 0, 8)
	typ := reflect.TypeFor[v1alpha1.OllamaDeployment]()
	for _, segment := range strings.Split(path, ".") {
		name, _, subscript := strings.Cut(segment, "[")
		f, found := jsonField(typ, name)
		if !found {
			break
		}
		known = append(known, name)
		typ = f.Type
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice && subscript {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			break
		}
	}
	return strings.Join(known, ".")
}

// jsonField returns the field of a struct with the JSON name.
func jsonField(typ reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(typ) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name && name != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
