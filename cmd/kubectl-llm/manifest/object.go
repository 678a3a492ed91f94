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

// An Object is one Kubernetes object of a file.
type Object struct {
	// File is the name of the file.
	File string
	// Document is the document that the object stands in.
	Document Document
	// APIVersion and Kind are those that the object says, empty where it says none.
	APIVersion, Kind string
	// Namespace and Name are those of the metadata.
	Namespace, Name string
	// JSON is the object as kubectl would send it.
	JSON []byte

	node *yamlv3.Node
}

// An UnreadableError says that a document is no YAML, JSON or object.
type UnreadableError struct {
	// File is the name of the file.
	File string
	// Position is where reading ended.
	Position Position
	// Message says why.
	Message string
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Position.Line, e.Position.Column, e.Message)
}

// Parse reads the objects of a file, and of the Lists in it. Documents without
// content are passed over, and those that are no mapping are objects of no kind. One
// that cannot be read does not hold up the others.
func Parse(file File) ([]Object, []*UnreadableError) {
	var objects []Object
	var unreadable []*UnreadableError
	for _, document := range split(file.Data) {
		found, err := parseDocument(file.Name, document)
		if err != nil {
			unreadable = append(unreadable, err)
			continue
		}
		objects = append(objects, found...)
	}
	return objects, unreadable
}

func parseDocument(file string, document Document) ([]Object, *UnreadableError) {
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(document.Data, &root); err != nil {
		return nil, unreadable(file, document, err)
	}
	if len(root.Content) == 0 || root.Content[0].Tag == "!!null" {
		return nil, nil
	}
	// kubectl reads YAML 1.1, where "on" is true, so its own library does the reading.
	data, err := yaml.YAMLToJSON(document.Data)
	if err != nil {
		return nil, unreadable(file, document, err)
	}
	o := Object{File: file, Document: document, JSON: data, node: root.Content[0]}
	objects, tooDeep := expand(o, maxDepth)
	if tooDeep != nil {
		return nil, tooDeep
	}
	if again := second(o.node, "items"); again != nil && (len(objects) == 0 || objects[0].node != o.node) {
		return nil, &UnreadableError{file, o.position(again), "items stand here twice; the first ones are lost"}
	}
	return objects, nil
}

// second returns the key of that name that stands in the mapping again, nil if none does.
func second(node *yamlv3.Node, name string) *yamlv3.Node {
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

// Twice reports whether a key stands twice at the top of the object, one of them with
// the given value. The object has the last one's.
func (o Object) Twice(name, value string) bool {
	found := false
	if o.node.Kind == yamlv3.MappingNode && second(o.node, name) != nil {
		for i := 0; i+1 < len(o.node.Content); i += 2 {
			found = found || o.node.Content[i].Value == name && resolve(o.node.Content[i+1]).Value == value
		}
	}
	return found
}

// maxDepth is how many Lists may stand in one another. Each is read again with every
// List around it, so without a limit the time grows with the square of the depth.
const maxDepth = 10

// expand is the object, or those of its items if it is a List. It fails if the Lists
// in it are nested more than so many deep.
func expand(o Object, depth int) ([]Object, *UnreadableError) {
	o.readHead()
	items := o.items()
	if items == nil {
		return []Object{o}, nil
	}
	if depth == 0 {
		return nil, &UnreadableError{o.File, o.Position(), "Lists are nested too deeply"}
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

// readHead reads what identifies the object. What does not fit stays empty.
func (o *Object) readHead() {
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

// items are those of a List, nil if the object is none.
func (o *Object) items() []Object {
	if !strings.HasSuffix(o.Kind, "List") {
		return nil
	}
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	_, items := valueOf(o.node, "items")
	if json.Unmarshal(o.JSON, &list) != nil || items == nil || items.Kind != yamlv3.SequenceNode || len(items.Content) != len(list.Items) {
		return nil
	}
	objects := make([]Object, 0, len(list.Items))
	for i, item := range list.Items {
		objects = append(objects, Object{File: o.File, Document: o.Document, JSON: item, node: resolve(items.Content[i])})
	}
	return objects
}

// atLine is how the YAML library names a line.
var atLine = regexp.MustCompile(`^line ([0-9]+): `)

func unreadable(file string, document Document, err error) *UnreadableError {
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
	return &UnreadableError{File: file, Position: at, Message: message}
}
