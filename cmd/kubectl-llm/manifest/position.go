package manifest

import (
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// A Position is a place in a file.
type Position struct {
	// Line counts from 1.
	Line int
	// Column counts characters from 1.
	Column int
}

// PositionOf is where the field at the path stands, such as "spec.ollama.models[0]":
// its value if that is a scalar or an entry of a list, else its key. Behind an anchor
// it is where the value is written. Of a field that is not there it is the nearest one
// above it.
func (o Object) PositionOf(path string) Position { return o.position(o.find(path).place()) }

// Position is where the object begins.
func (o Object) Position() Position { return o.position(o.node) }

// PositionOfKey is where the key of the field at the path stands.
func (o Object) PositionOfKey(path string) Position {
	at := o.find(path)
	if at.key != nil {
		return o.position(at.key)
	}
	return o.position(at.place())
}

// PlainScalar returns the text of a value that is written without quotes, and whether
// there is one at the path.
func (o Object) PlainScalar(path string) (text string, plain bool) {
	at, rest := o.walk(path)
	const quoted = yamlv3.DoubleQuotedStyle | yamlv3.SingleQuotedStyle | yamlv3.LiteralStyle | yamlv3.FoldedStyle
	return at.value.Value, rest == "" && at.value.Kind == yamlv3.ScalarNode && at.value.Style&quoted == 0
}

// Duplicate is a key that stands twice in one mapping; the first one is lost.
type Duplicate struct {
	// Path leads to the field.
	Path string
	// Position is where the key stands again.
	Position Position
}

// Duplicates are the keys that stand twice, at most so many.
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

// A place is a node, and the key that it is the value of, if it is one.
type place struct{ key, value *yamlv3.Node }

// place is the node that stands for the field.
func (p place) place() *yamlv3.Node {
	if p.key != nil && p.value.Kind != yamlv3.ScalarNode {
		return p.key
	}
	return p.value
}

// find walks down the path as far as it goes.
func (o Object) find(path string) place {
	at, _ := o.walk(path)
	return at
}

// walk walks down the path as far as it goes, and returns what is left of it too.
func (o Object) walk(path string) (at place, left string) {
	at = place{value: resolve(o.node)}
	for path != "" {
		next, rest, found := step(at.value, path)
		if !found {
			break
		}
		at, path = next, rest
	}
	return at, path
}

// step goes one name or one index down. Names may have dots in them, so the longest
// key that the path begins with is the one.
func step(node *yamlv3.Node, path string) (next place, rest string, found bool) {
	if inside, ok := strings.CutPrefix(path, "["); ok {
		name, rest, _ := strings.Cut(inside, "]")
		if node.Kind == yamlv3.SequenceNode {
			index, err := strconv.Atoi(name)
			if err != nil || index < 0 || index >= len(node.Content) {
				return place{}, "", false
			}
			return place{value: resolve(node.Content[index])}, rest, true
		}
		key, value := valueOf(node, name)
		return place{key, value}, rest, value != nil
	}
	path = strings.TrimPrefix(path, ".")
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if key, value := valueOf(node, path[:end]); value != nil {
			return place{key, value}, path[end:], true
		}
	}
	return place{}, "", false
}

// valueOf is the key of that name and its value, the last one if there are several,
// or one that is merged in; nil if there is none.
func valueOf(node *yamlv3.Node, name string) (key, value *yamlv3.Node) {
	if node.Kind != yamlv3.MappingNode {
		return nil, nil
	}
	var merged []*yamlv3.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		switch k, v := node.Content[i], resolve(node.Content[i+1]); {
		case k.Value == name && k.Tag != mergeTag:
			key, value = k, v
		case k.Tag == mergeTag && v.Kind == yamlv3.SequenceNode:
			merged = append(merged, v.Content...)
		case k.Tag == mergeTag:
			merged = append(merged, v)
		}
	}
	for _, from := range merged {
		if value != nil {
			break
		}
		key, value = valueOf(resolve(from), name)
	}
	return key, value
}

// mergeTag is that of the key "<<".
const mergeTag = "!!merge"

// resolve is the node that an alias stands for.
func resolve(node *yamlv3.Node) *yamlv3.Node {
	for node.Kind == yamlv3.AliasNode {
		node = node.Alias
	}
	return node
}

// Node is the object as it was written, for programs that rewrite it. Its positions
// are those of the document.
func (o Object) Node() *yamlv3.Node { return o.node }
