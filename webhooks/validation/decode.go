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

// Decode reads an object of either kind, given as JSON. Values of the wrong type, such
// as a number for a string or an invalid quantity, are returned as errors with
// their paths. In the object, what was meant stands in their place where that is
// plain, and nothing elsewhere, so that the rest can be validated. A status of the
// wrong shape is dropped without an error: admission does not look at it. Decode fails
// on what is no JSON object.
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

// needsRepair reports whether the JSON has what Go decodes and the schema refuses: a
// number that is written with a fraction or an exponent, where a quantity may be meant,
// and null in a list; or what Go takes too long to decode.
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

// repair returns the JSON of an object without its values of wrong types, and an error
// for each of them.
func repair(raw []byte) ([]byte, field.ErrorList, error) {
	object := map[string]any{}
	if err := unmarshalNumbers(raw, &object); err != nil {
		return nil, nil, fmt.Errorf("decoding the object: %w", err)
	}
	status := object["status"]
	delete(object, "status")
	var r repairs
	kept := r.value(object, typeOf[v1alpha1.OllamaDeployment](), nil)
	var ofStatus repairs
	if status = ofStatus.value(status, typeOf[v1alpha1.OllamaDeploymentStatus](), nil); status != nil {
		object["status"] = status
	}
	out, err := json.Marshal(kept)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the object: %w", err)
	}
	return out, r.errs, nil
}

// IsBeingDeleted reports whether the stored object old is being deleted. On a create there is none,
// whatever the new object says of its own deletion, and an update cannot change it.
func IsBeingDeleted(old *v1alpha1.OllamaDeployment) bool {
	return old != nil && old.DeletionTimestamp != nil
}

// NotAmong returns the errors about other fields than the known ones, and than those
// above and below them. It changes errs.
func NotAmong(known, errs field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		path := dotted(err.Field)
		return slices.ContainsFunc(known, func(k *field.Error) bool {
			about := dotted(k.Field)
			return about == path || strings.HasPrefix(path, about+".") || strings.HasPrefix(about, path+".")
		})
	})
}

// dotted returns the path as the schema writes it, without subscripts for keys.
func dotted(path string) string {
	return strings.NewReplacer("[", ".", "]", "").Replace(path)
}
