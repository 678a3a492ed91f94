// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// ratchet splits the errors of an update into new errors and, as warnings, errors that the stored
// object has, too: the same error about the same value, at any index of a list. The stored object is
// defaulted first, so that defaults of newer versions are not considered to be changes of the user.
func ratchet(errs field.ErrorList, d, old *v1alpha1.OllamaDeployment, opts Options) (field.ErrorList, []Warning) {
	if len(errs) == 0 {
		return nil, nil
	}
	stored := old.DeepCopy()
	stored.DefaultUpdate(old)
	known := map[string]int{}
	is, was := subjectsOf(d), subjectsOf(stored)
	for _, err := range allErrors(stored, opts) {
		known[was.key(err)]++
	}
	var fresh field.ErrorList
	var tolerated []Warning
	for _, err := range errs {
		key := is.key(err)
		if known[key] == 0 {
			fresh = append(fresh, err)
			continue
		}
		known[key]--
		tolerated = append(tolerated, Warning{err.Field, err.ErrorBody() + " (tolerated, because the stored object has it too)"})
	}
	return fresh, tolerated
}

// subjects finds the values of an object, decoded from JSON, that errors are about.
type subjects struct{ object any }

func subjectsOf(d *v1alpha1.OllamaDeployment) subjects {
	var s subjects
	if data, err := json.Marshal(d); err == nil {
		_ = json.Unmarshal(data, &s.object) // cannot fail for encoded JSON
	}
	return s
}

// key returns a text that identifies an error by its type, its field and its subject. The subject is
// the list entry that contains the field, regardless of its index, or else the value of the field.
// Rules that compare the field with other values add those to the error's Origin if the error has to
// be distinguished by them. The message is not part of the key.
func (s subjects) key(err *field.Error) string {
	path, value, inList := s.find(err.Field)
	if text, ok := err.BadValue.(string); !inList && err.BadValue != nil && (!ok || text != "") && err.Type != field.ErrorTypeTooMany {
		value = err.BadValue
	}
	if err.Type == field.ErrorTypeDuplicate && err.Origin != "" {
		value = nil // any of the duplicates may be the second
	}
	subject, _ := json.Marshal(value) //nolint:errchkjson // values of JSON, numbers and texts
	return strings.Join([]string{string(err.Type), path, err.Origin, string(subject)}, "\x00")
}

// segment matches a name or a subscript of a path such as "spec.ollama.requests[cpu]".
var segment = regexp.MustCompile(`([^.[]+)|\[([^]]*)\]`)

// find returns the path without list indices, and the value of the first list entry on the path, or
// else of the field.
func (s subjects) find(path string) (general string, value any, inList bool) {
	value = s.object
	for _, match := range segment.FindAllStringSubmatch(path, -1) {
		switch at := value.(type) {
		case map[string]any:
			value = at[match[1]+match[2]]
		case []any:
			i, err := strconv.Atoi(match[2])
			if err != nil || i >= len(at) {
				return path, nil, false
			}
			return listIndex.ReplaceAllString(path, "[]"), at[i], true
		default:
			return path, nil, false
		}
	}
	return path, value, false
}

// listIndex matches the index of a list entry.
var listIndex = regexp.MustCompile(`\[[0-9]+\]`)
