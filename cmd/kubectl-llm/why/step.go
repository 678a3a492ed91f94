// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// step follows the first name or bracket of the text. It returns the rest of it.
func (l location) step(text string) (next location, rest string, err error) {
	if inside, found := strings.CutPrefix(text, "["); found {
		key, rest, closed := cutBracket(inside)
		if !closed {
			return location{}, "", fmt.Errorf("%s: the bracket %q is not closed", l.path, text)
		}
		next, err = l.subscript(key)
		return next, rest, err
	}
	text = strings.TrimPrefix(text, ".")
	name := text[:indexOr(text, ".[")]
	switch {
	case l.isMap():
		name = l.key(text)
	case l.schema.Items != nil:
		return location{}, "", fmt.Errorf("%s is a list: %q must be an index or a name in brackets, as in %s[0]", l.path, name, l.path)
	}
	next, err = l.named(name)
	return next, text[len(name):], err
}

// cutBracket splits the text after the bracket that closes it. Brackets within quotes do not.
func cutBracket(text string) (inside, rest string, closed bool) {
	for _, quote := range []string{`"`, "'"} {
		if quoted, found := strings.CutPrefix(text, quote); found {
			return strings.Cut(quoted, quote+"]")
		}
	}
	return strings.Cut(text, "]")
}

func indexOr(text, chars string) int {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return i
	}
	return len(text)
}

func (l location) isMap() bool {
	return l.schema.AdditionalProperties != nil && l.schema.AdditionalProperties.Structural != nil
}

// key returns the longest key of the map that the text begins with. Keys may have dots. If there is none,
// it returns the whole text.
func (l location) key(text string) string {
	values, _ := l.value.(map[string]any)
	best := ""
	for key := range values {
		if rest, found := strings.CutPrefix(text, key); found && len(key) > len(best) && (rest == "" || strings.ContainsAny(rest[:1], ".[")) {
			best = key
		}
	}
	if best == "" {
		return text
	}
	return best
}

// named returns the location of a field by its name, or of the key of a map.
func (l location) named(name string) (location, error) {
	next, found := l.child(name)
	if found {
		return next, nil
	}
	if len(l.schema.Properties) == 0 {
		return location{}, fmt.Errorf("%s has no fields, but got %q", l.path, name)
	}
	known := slices.Sorted(maps.Keys(l.schema.Properties))
	if best := validation.Nearest(name, known); best != "" {
		return location{}, fmt.Errorf("%s has no field %q; did you mean %q?", l.path, name, l.path+"."+best)
	}
	return location{}, fmt.Errorf("%s has no field %q, must be one of %q", l.path, name, known)
}

// subscript returns the location of what is in brackets: the key of a map, or the index, the key or the
// name of a list's entry.
func (l location) subscript(key string) (location, error) {
	if l.schema.Items == nil {
		return l.named(key)
	}
	list, _ := l.value.([]any)
	if index, err := strconv.Atoi(key); err == nil {
		if index < 0 || index >= len(list) {
			return location{}, fmt.Errorf("%s[%d] does not exist, the list has %d entries", l.path, index, len(list))
		}
		return l.entry(index), nil
	}
	name, text, isPair := strings.Cut(key, "=")
	var known []string
	for i, entry := range list {
		for _, id := range l.identifiers(entry) {
			if isPair && id.name == name && id.value == strings.Trim(text, `"'`) || !isPair && id.value == key {
				return l.entry(i), nil
			}
			known = append(known, id.value)
		}
	}
	if best := validation.Nearest(key, known); best != "" {
		return location{}, fmt.Errorf("%s[%s] does not exist; did you mean %q?", l.path, key, l.path+"["+best+"]")
	}
	return location{}, fmt.Errorf("%s[%s] does not exist, the list has %d entries", l.path, key, len(list))
}

// An identifier names an entry of a list. The name of a scalar's is empty.
type identifier struct{ name, value string }

// identifiers returns what an entry can be named by: itself, if it is a string, or its keys, or its name.
func (l location) identifiers(entry any) []identifier {
	if text, ok := entry.(string); ok {
		return []identifier{{"", text}}
	}
	fields, _ := entry.(map[string]any)
	names := l.schema.XListMapKeys
	if len(names) == 0 {
		names = []string{"name"}
	}
	var out []identifier
	for _, name := range names {
		if text, ok := fields[name].(string); ok {
			out = append(out, identifier{name, text})
		}
	}
	return out
}
