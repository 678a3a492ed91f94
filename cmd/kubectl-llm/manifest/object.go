// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// An Object represents a Kubernetes object in a file.
type Object struct {
	// File name.
	File string
	// Document that contains the object.
	Document Document
	// APIVersion and Kind, empty if the object has none.
	APIVersion, Kind string
	// Namespace and Name from the metadata.
	Namespace, Name string
	// JSON encodes the object as kubectl would send it. It is YAML, too.
	JSON []byte

	node *yamlv3.Node
}

// A ParseError is returned for a document that cannot be parsed.
type ParseError struct {
	// File name.
	File string
	// Position at which parsing stopped.
	Position Position
	// Message without the position.
	Message string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Position.Line, e.Position.Column, e.Message)
}

// Parse parses the objects of a file, and the items of Lists. Empty documents are skipped;
// documents that are not mappings become objects without a kind. The documents that can be
// parsed are returned even if others cannot.
func Parse(file File) ([]Object, []*ParseError) {
	var objects []Object
	var parseErrs []*ParseError
	for document := range Documents(file.Data) {
		found, err := ParseDocument(file.Name, document)
		if err != nil {
			parseErrs = append(parseErrs, err)
			continue
		}
		objects = append(objects, found...)
	}
	return objects, parseErrs
}

// ParseDocument parses the objects of a document of the file of that name, as Parse does.
func ParseDocument(file string, document Document) ([]Object, *ParseError) {
	text := document.YAML()
	root, err := document.parse(text)
	if err != nil {
		return nil, newParseError(file, document, err)
	}
	if len(root.Content) == 0 || root.Content[0].Tag == "!!null" {
		return nil, nil
	}
	// kubectl uses this library, which reads YAML 1.1, where "on" is true.
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, newParseError(file, document, err)
	}
	o := Object{File: file, Document: document, JSON: replaceNotYAML(data, escapeForYAML), node: root.Content[0]}
	objects, tooDeep := expand(o, maxDepth)
	if tooDeep != nil {
		return nil, tooDeep
	}
	if duplicate := duplicateKey(o.node, "items"); duplicate != nil && (len(objects) == 0 || objects[0].node != o.node) {
		return nil, &ParseError{file, o.position(duplicate), `duplicate key "items"; only the last value is used`}
	}
	return objects, nil
}

// duplicateKey returns the second key of that name in the mapping, or nil.
func duplicateKey(node *yamlv3.Node, name string) *yamlv3.Node {
	found := false
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; key.Value == name {
			if found {
				return key
			}
			found = true
		}
	}
	return nil
}

// HasDuplicate reports whether a key occurs twice at the top of the object, once with the
// value.
func (o Object) HasDuplicate(name, value string) bool {
	found := false
	if o.node.Kind == yamlv3.MappingNode && duplicateKey(o.node, name) != nil {
		for i := 0; i+1 < len(o.node.Content); i += 2 {
			found = found || o.node.Content[i].Value == name && resolve(o.node.Content[i+1]).Value == value
		}
	}
	return found
}

// maxDepth limits the depth of nested Lists. Every level decodes its items again, so
// without a limit the time grows with the square of the depth.
const maxDepth = 10

// expand returns the object, or the items if it is a List. It fails if Lists are nested
// deeper than depth.
func expand(o Object, depth int) ([]Object, *ParseError) {
	o.readMetadata()
	items := o.items()
	if items == nil {
		return []Object{o}, nil
	}
	if depth == 0 {
		return nil, &ParseError{o.File, o.Position(), "Lists are nested too deeply"}
	}
	var objects []Object
	for _, item := range items {
		found, err := expand(item, depth-1)
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// readMetadata sets the object's identifying fields. Those that are not strings stay empty.
func (o *Object) readMetadata() {
	var head struct {
		APIVersion any `json:"apiVersion"`
		Kind       any `json:"kind"`
		Metadata   struct {
			Namespace any `json:"namespace"`
			Name      any `json:"name"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(o.JSON, &head)
	o.APIVersion, _ = head.APIVersion.(string)
	o.Kind, _ = head.Kind.(string)
	o.Namespace, _ = head.Metadata.Namespace.(string)
	o.Name, _ = head.Metadata.Name.(string)
}

// items returns the items of a List, and nil for other objects.
func (o *Object) items() []Object {
	if !strings.HasSuffix(o.Kind, "List") {
		return nil
	}
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	_, items := lookup(o.node, "items")
	if json.Unmarshal(o.JSON, &list) != nil || items == nil || items.Kind != yamlv3.SequenceNode || len(items.Content) != len(list.Items) {
		return nil
	}
	objects := make([]Object, 0, len(list.Items))
	for i, item := range list.Items {
		objects = append(objects, Object{File: o.File, Document: o.Document, JSON: item, node: resolve(items.Content[i])})
	}
	return objects
}

// atLine matches the line number in errors of the YAML library.
var atLine = regexp.MustCompile(`^line ([0-9]+): `)

func newParseError(file string, document Document, err error) *ParseError {
	var typed *yamlv3.TypeError
	message := err.Error()
	if errors.As(err, &typed) && len(typed.Errors) > 0 {
		message = typed.Errors[0]
	}
	message = strings.TrimPrefix(message, "yaml: ")
	at := Position{Line: document.Line + 1, Column: 1}
	if match := atLine.FindStringSubmatch(message); match != nil {
		line, _ := strconv.Atoi(match[1])
		at.Line = document.Line + line
		message = message[len(match[0]):]
	}
	return &ParseError{File: file, Position: at, Message: message}
}
