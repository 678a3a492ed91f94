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
		below, found := memberNamed(typ, name)
		if !found {
			break
		}
		known = append(known, name)
		typ = below
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice && subscript {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			break
		}
	}
	return strings.Join(known, ".")
}

// memberNamed returns the type of the member of an object, and false if it has none of the name.
func memberNamed(typ reflect.Type, name string) (reflect.Type, bool) {
	for _, m := range membersOf(typ) {
		switch {
		case m.name != "" && m.name == name:
			return typ.Field(m.index).Type, true
		case m.name == "":
			if found, ok := memberNamed(typ.Field(m.index).Type, name); ok {
				return found, true
			}
		}
	}
	return nil, false
}
