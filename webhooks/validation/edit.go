// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An Op is what an Edit does.
type Op string

const (
	// Replace gives the field another value.
	Replace Op = "replace"
	// Rename gives the field another name, Key.
	Rename Op = "rename"
	// Remove removes the field or the entry of a list.
	Remove Op = "remove"
	// Add adds the field Key beside the field at the path.
	Add Op = "add"
	// Wrap replaces the value by a list with the value as only entry.
	Wrap Op = "wrap"
)

// An Edit is a change of a field that is probably meant, such as the correct name of one that is misspelled.
type Edit struct {
	// Op is what to do.
	Op Op
	// Path of the field, as in errors: "spec.ollama.models[0]".
	Path string
	// Key is the new name for Rename, and the name of the new field for Add.
	Key string
	// Value is the new value for Replace and Add: a string, a json.Number or a boolean.
	Value any
}

// String says in a sentence what the edit does.
func (e Edit) String() string {
	switch e.Op {
	case Replace:
		return e.Path + " becomes " + printed(e.Value)
	case Rename:
		return e.Path + " becomes " + e.Key
	case Add:
		return e.Key + ": " + printed(e.Value) + " is added beside " + e.Path
	case Wrap:
		return e.Path + " becomes a list"
	default:
		return e.Path + " is removed"
	}
}

// printed returns the value as it is in JSON.
func printed(value any) string {
	if text, isText := value.(string); isText {
		return strconv.Quote(text)
	}
	return fmt.Sprint(value)
}

// Apply applies the edit to an object that is decoded from JSON. It returns false, and changes nothing, if
// there is no such field, or if Rename or Add would overwrite another one.
func (e Edit) Apply(object map[string]any) bool {
	at, found := find(object, e.Path)
	if !found {
		return false
	}
	switch e.Op {
	case Replace:
		at.set(e.Value)
	case Wrap:
		at.set([]any{at.value})
	case Remove:
		at.remove()
	case Rename, Add:
		if _, taken := at.in[e.Key]; taken || at.in == nil {
			return false
		}
		if e.Op == Add {
			at.in[e.Key] = e.Value
			break
		}
		at.remove()
		at.in[e.Key] = at.value
	}
	return true
}

// A place is a value in decoded JSON.
type place struct {
	value any
	// in is the object with the field, nil for an entry of a list.
	in     map[string]any
	set    func(any)
	remove func()
}

// find returns the place of the path.
func find(object map[string]any, path string) (place, bool) {
	at, found := place{value: object}, false
	for path != "" {
		if at, path, found = at.step(path); !found {
			return place{}, false
		}
	}
	return at, found
}

// step resolves the first name or index of the path. Names may contain dots, so the longest one wins.
func (p place) step(path string) (next place, rest string, found bool) {
	if inside, subscript := strings.CutPrefix(path, "["); subscript {
		name, rest, closed := strings.Cut(inside, "]")
		if !closed {
			return place{}, "", false
		}
		switch value := p.value.(type) {
		case map[string]any:
			return fieldOf(value, name), rest, has(value, name)
		case []any:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(value) {
				return p.entry(value, i), rest, true
			}
		}
		return place{}, "", false
	}
	value, _ := p.value.(map[string]any)
	path = strings.TrimPrefix(path, ".")
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if has(value, path[:end]) {
			return fieldOf(value, path[:end]), path[end:], true
		}
	}
	return place{}, "", false
}

func has(object map[string]any, name string) bool {
	_, found := object[name]
	return found
}

func fieldOf(object map[string]any, name string) place {
	return place{
		value: object[name], in: object,
		set:    func(v any) { object[name] = v },
		remove: func() { delete(object, name) },
	}
}

func (p place) entry(list []any, i int) place {
	return place{
		value:  list[i],
		set:    func(v any) { list[i] = v },
		remove: func() { p.set(slices.Delete(list, i, i+1)) },
	}
}
