// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	kjson "sigs.k8s.io/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Decode decodes an object of either kind from JSON. It returns an error list for values of the wrong
// type, such as a number instead of a string, and invalid quantities. In the object they are replaced
// by the value that was obviously intended, or else unset, so that the rest can be validated. Invalid
// parts of the status are ignored. Decode fails if the input is not a JSON object.
func Decode(raw []byte) (*v1alpha1.OllamaDeployment, field.ErrorList, error) {
	d := &v1alpha1.OllamaDeployment{}
	if !needsRepair(raw) && kjson.UnmarshalCaseSensitivePreserveInts(raw, d) == nil {
		return d, nil, nil
	}
	repaired, errs, err := repair(raw)
	if err != nil {
		return nil, nil, err
	}
	d = &v1alpha1.OllamaDeployment{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(repaired, d); err != nil {
		return nil, nil, fmt.Errorf("decoding the object: %w", err)
	}
	return d, errs, nil
}

// needsRepair reports whether the JSON has values that Go decodes but the schema rejects, namely
// numbers with a fraction or an exponent, which may be quantities, and null in lists; or that take
// too long to decode.
func needsRepair(raw []byte) bool {
	if hasLongExponent(raw) || hasEscapedNumber(raw) {
		return true
	}
	inString, inNumber, previous := false, false, byte(0)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString, inNumber, previous = !inString, false, c
		case inString || c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c >= '0' && c <= '9':
			inNumber, previous = true, c
		case inNumber && (c == '.' || c == 'e' || c == 'E'), c == 'n' && (previous == '[' || previous == ','):
			return true
		default:
			inNumber, previous = false, c
		}
	}
	return false
}

// repair returns the JSON of an object without values of the wrong type, and an error for each of
// them.
func repair(raw []byte) ([]byte, field.ErrorList, error) {
	object := map[string]any{}
	if err := unmarshalNumbers(raw, &object); err != nil {
		return nil, nil, fmt.Errorf("decoding the object: %w", err)
	}
	status := object["status"]
	delete(object, "status")
	var r repairs
	repaired := r.value(object, typeOf[v1alpha1.OllamaDeployment](), nil)
	var ofStatus repairs
	if status = ofStatus.value(status, typeOf[v1alpha1.OllamaDeploymentStatus](), nil); status != nil {
		object["status"] = status
	}
	out, err := json.Marshal(repaired)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the object: %w", err)
	}
	return out, r.errs, nil
}

// IsBeingDeleted reports whether the stored object old, nil on a create, is being deleted. An update
// cannot change that.
func IsBeingDeleted(old *v1alpha1.OllamaDeployment) bool {
	return old != nil && old.DeletionTimestamp != nil
}

// NotAmong returns the errors about fields that no known error is about, nor about one of their
// parents or children. It modifies errs.
func NotAmong(known, errs field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		path := dotted(err.Field)
		return slices.ContainsFunc(known, func(k *field.Error) bool {
			other := dotted(k.Field)
			return other == path || strings.HasPrefix(path, other+".") || strings.HasPrefix(other, path+".")
		})
	})
}

// dotted returns the path with dots instead of brackets, as in errors of the schema.
func dotted(path string) string {
	return strings.NewReplacer("[", ".", "]", "").Replace(path)
}
