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

// ratchet parts the errors of an update into those that it brings and, as warnings,
// those that the stored object has as well: the same finding about the same value,
// wherever in a list it stands. The stored object gets its defaults first, so that a
// default that came after it is not taken for the user's change.
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

// subjects finds what errors are about: the values of an object, as JSON has them.
type subjects struct{ object any }

func subjectsOf(d *v1alpha1.OllamaDeployment) subjects {
	var s subjects
	if data, err := json.Marshal(d); err == nil {
		_ = json.Unmarshal(data, &s.object) // what was just encoded can be decoded
	}
	return s
}

// key identifies a finding by its kind, its field and what it is about. Of an entry of a
// list that is the whole entry, and not its index; of another field its value. What a
// rule compared that with is in the error's Origin, if it matters. The message may name
// whatever else stands there.
func (s subjects) key(err *field.Error) string {
	path, value, inList := s.find(err.Field)
	if text, ok := err.BadValue.(string); !inList && err.BadValue != nil && (!ok || text != "") && err.Type != field.ErrorTypeTooMany {
		value = err.BadValue
	}
	if err.Type == field.ErrorTypeDuplicate && err.Origin != "" {
		value = nil // whichever of them comes second
	}
	subject, _ := json.Marshal(value) //nolint:errchkjson // values of JSON, numbers and texts
	return strings.Join([]string{string(err.Type), path, err.Origin, string(subject)}, "\x00")
}

// segment matches a name or a subscript of a path such as "spec.ollama.requests[cpu]".
var segment = regexp.MustCompile(`([^.[]+)|\[([^]]*)\]`)

// find returns the path without the indices of lists, and the value of the first list
// entry that it passes through, or else of the field.
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
