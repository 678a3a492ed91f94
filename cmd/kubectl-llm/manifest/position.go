// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// A Position identifies a character in a file.
type Position struct {
	// Line number, from 1.
	Line int
	// Column in characters, from 1.
	Column int
}

// PositionOf returns the position of the field at a path such as "spec.ollama.models[0]":
// of its value if that is a scalar or a list entry, else of its key. For an alias it is
// the position of the anchor's value, and for a missing field that of the nearest parent.
func (o Object) PositionOf(path string) Position { return o.position(o.find(path).reported()) }

// Position returns the position of the object's first node.
func (o Object) Position() Position { return o.position(o.node) }

// PositionOfKey returns the position of the key of the field at the path.
func (o Object) PositionOfKey(path string) Position {
	at := o.find(path)
	if at.key != nil {
		return o.position(at.key)
	}
	return o.position(at.reported())
}

// PlainScalar returns the text of the scalar at the path, and whether there is one that is
// written without quotes.
func (o Object) PlainScalar(path string) (text string, plain bool) {
	at, rest := o.resolvePath(path)
	const quoted = yamlv3.DoubleQuotedStyle | yamlv3.SingleQuotedStyle | yamlv3.LiteralStyle | yamlv3.FoldedStyle
	return at.value.Value, rest == "" && at.value.Kind == yamlv3.ScalarNode && at.value.Style&quoted == 0
}

// A Duplicate describes a key that occurs twice in a mapping; only the last value is used.
type Duplicate struct {
	// Path of the field.
	Path string
	// Position of the second key.
	Position Position
}

// Duplicates returns the keys that occur twice in a mapping, up to the limit.
func (o Object) Duplicates(limit int) []Duplicate {
	var found []Duplicate
	o.duplicates(o.node, "", &found, limit)
	return found
}

func (o Object) duplicates(node *yamlv3.Node, path string, found *[]Duplicate, limit int) {
	if len(*found) >= limit {
		return
	}
	switch node.Kind {
	case yamlv3.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			below := strings.TrimPrefix(path+"."+key.Value, ".")
			if seen[key.Value] && len(*found) < limit {
				*found = append(*found, Duplicate{below, o.position(key)})
			}
			seen[key.Value] = true
			o.duplicates(node.Content[i+1], below, found, limit)
		}
	case yamlv3.SequenceNode:
		for i, entry := range node.Content {
			o.duplicates(entry, path+"["+strconv.Itoa(i)+"]", found, limit)
		}
	}
}

func (o Object) position(node *yamlv3.Node) Position {
	at := Position{Line: o.Document.Line + node.Line, Column: node.Column}
	if node.Line == 1 {
		at.Column += o.Document.Column
	}
	return at
}

// A Field is a field or an entry of a list in the text of an object. The positions of its nodes are relative to
// the document.
type Field struct {
	// Parent is the mapping or the list that contains it.
	Parent *yamlv3.Node
	// Key is the name of a field, nil for an entry.
	Key *yamlv3.Node
	// Value is the value. It is that of the anchor for an alias.
	Value *yamlv3.Node
}

// Field returns the field at the path, or false if there is none.
func (o Object) Field(path string) (Field, bool) {
	at := Field{Value: resolve(o.node)}
	for path != "" {
		next, rest, found := step(at.Value, path)
		if !found {
			return Field{}, false
		}
		at, path = Field{at.Value, next.key, next.value}, rest
	}
	return at, at.Parent != nil
}

// A fieldNode contains a value, with its key if it is in a mapping.
type fieldNode struct{ key, value *yamlv3.Node }

// reported returns the node whose position findings report.
func (p fieldNode) reported() *yamlv3.Node {
	if p.key != nil && p.value.Kind != yamlv3.ScalarNode {
		return p.key
	}
	return p.value
}

// find returns the node at the path, or its nearest parent.
func (o Object) find(path string) fieldNode {
	at, _ := o.resolvePath(path)
	return at
}

// resolvePath returns the node at the path, or its nearest parent and the rest of the path.
func (o Object) resolvePath(path string) (at fieldNode, rest string) {
	at = fieldNode{value: resolve(o.node)}
	for path != "" {
		next, rest, found := step(at.value, path)
		if !found {
			break
		}
		at, path = next, rest
	}
	return at, path
}

// step resolves the first name or index of the path. Names may contain dots, so the longest
// matching key wins.
func step(node *yamlv3.Node, path string) (next fieldNode, rest string, found bool) {
	if inside, ok := strings.CutPrefix(path, "["); ok {
		name, rest, _ := strings.Cut(inside, "]")
		if node.Kind == yamlv3.SequenceNode {
			index, err := strconv.Atoi(name)
			if err != nil || index < 0 || index >= len(node.Content) {
				return fieldNode{}, "", false
			}
			return fieldNode{value: resolve(node.Content[index])}, rest, true
		}
		key, value := lookup(node, name)
		return fieldNode{key, value}, rest, value != nil
	}
	path = strings.TrimPrefix(path, ".")
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if key, value := lookup(node, path[:end]); value != nil {
			return fieldNode{key, value}, path[end:], true
		}
	}
	return fieldNode{}, "", false
}

// lookup returns the key of that name and its value, or nil. Of several, also from merged mappings, it is the last one,
// but the first of the mappings that one key "<<" merges, as for the library that makes the object's JSON.
//
// Source: go.yaml.in/yaml/v2, decode.go (mapping, merge).
func lookup(node *yamlv3.Node, name string) (key, value *yamlv3.Node) {
	if node.Kind != yamlv3.MappingNode {
		return nil, nil
	}
	for i := len(node.Content) - 2; i >= 0; i -= 2 {
		k, v := node.Content[i], resolve(node.Content[i+1])
		if k.Tag != mergeTag {
			if k.Value == name {
				return k, v
			}
			continue
		}
		merged := []*yamlv3.Node{v}
		if v.Kind == yamlv3.SequenceNode {
			merged = v.Content
		}
		for _, from := range merged {
			if key, value = lookup(resolve(from), name); value != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

// mergeTag tags the key "<<".
const mergeTag = "!!merge"

// resolve returns the node that an alias refers to, and other nodes unchanged.
func resolve(node *yamlv3.Node) *yamlv3.Node {
	for node.Kind == yamlv3.AliasNode {
		node = node.Alias
	}
	return node
}

// Node returns the object's YAML node, for rewriting it. Its positions are relative to the
// document.
func (o Object) Node() *yamlv3.Node { return o.node }
