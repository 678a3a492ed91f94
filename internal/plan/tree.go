// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A step leads from a JSON value to one in it: by a name of a type, such as "replicas", or by a key, such as that of
// an entry of a list or of a label.
type step struct {
	text  string
	isKey bool
}

// freeKeys are the fields whose keys users choose.
var freeKeys = []string{"annotations", "data", "labels", "limits", "matchLabels", "nodeSelector", "requests"}

// listKeys are the fields that identify the entries of lists. The first that all entries have decides.
var listKeys = []string{"mountPath", "name", "reference", "topologyKey"}

// join returns the path of the steps as errors spell paths: "spec.ollama.envVars[HOME].value".
func join(path []step) string {
	var out strings.Builder
	for _, s := range path {
		switch {
		case s.isKey:
			out.WriteString("[" + s.text + "]")
		case out.Len() > 0:
			out.WriteString("." + s.text)
		default:
			out.WriteString(s.text)
		}
	}
	return out.String()
}

// treeOf returns the object as JSON represents it. Numbers stay as they are written.
func treeOf(object any) (any, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encoding %T: %w", object, err)
	}
	return parse(data)
}

func parse(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil {
		return nil, fmt.Errorf("decoding JSON: %w", err)
	}
	return out, nil
}

// A change is a difference of two JSON values. before or after is nil if there is none.
type change struct {
	path          []step
	before, after any
}

// differences returns the smallest changes that make after of before, in the order of their paths.
func differences(before, after any, path ...step) []change {
	var out []change
	walk(before, after, path, func(c change) bool {
		out = append(out, c)
		return false
	})
	return out
}

// walk calls take for each difference, and returns before with those changes for which it returns true. Objects are
// compared by field, and lists by key if their entries have one; other lists change as a whole.
func walk(before, after any, path []step, take func(change) bool) any {
	if reflect.DeepEqual(before, after) {
		return before
	}
	switch was := before.(type) {
	case map[string]any:
		if is, ok := after.(map[string]any); ok {
			return walkMap(was, is, path, take)
		}
	case []any:
		if is, ok := after.([]any); ok {
			if key := commonKey(was, is); key != "" {
				return walkList(was, is, key, path, take)
			}
		}
	}
	if take(change{slices.Clone(path), before, after}) {
		return after
	}
	return before
}

func walkMap(before, after map[string]any, path []step, take func(change) bool) any {
	isKey := len(path) > 0 && !path[len(path)-1].isKey && slices.Contains(freeKeys, path[len(path)-1].text)
	names := maps.Clone(before)
	maps.Copy(names, after)
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if value := walk(before[name], after[name], append(path, step{name, isKey}), take); value != nil {
			out[name] = value
		}
	}
	return out
}

// walkList compares lists whose entries are identified by a field. If only their order differs, the list changes.
func walkList(before, after []any, key string, path []step, take func(change) bool) any {
	was, is := byKey(before, key), byKey(after, key)
	out, onlyOrder := []any{}, true
	for _, name := range namesOf(slices.Concat(before, after), key) {
		value := walk(was[name], is[name], append(path, step{name, true}), func(c change) bool {
			onlyOrder = false
			return take(c)
		})
		if value != nil {
			out = append(out, value)
		}
	}
	if onlyOrder && take(change{slices.Clone(path), before, after}) {
		return after
	}
	return out
}

// namesOf returns the values of the field that identifies the entries, each once.
func namesOf(list []any, key string) []string {
	out := make([]string, 0, len(list))
	for _, entry := range list {
		name, _ := keyOf(entry, key)
		out = append(out, name)
	}
	return unique(out)
}

func byKey(list []any, key string) map[string]any {
	out := map[string]any{}
	for _, entry := range list {
		name, _ := keyOf(entry, key)
		out[name] = entry
	}
	return out
}

func keyOf(entry any, key string) (string, bool) {
	fields, _ := entry.(map[string]any)
	name, found := fields[key].(string)
	return name, found
}

// commonKey returns the field that identifies the entries of both lists, "" if there is none.
func commonKey(lists ...[]any) string {
	for _, key := range listKeys {
		if !slices.ContainsFunc(lists, func(list []any) bool { return !identifies(key, list) }) {
			return key
		}
	}
	return ""
}

// identifies reports whether all entries of the list have different values of the field.
func identifies(key string, list []any) bool {
	seen := map[string]bool{}
	for _, entry := range list {
		name, found := keyOf(entry, key)
		if !found || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}
