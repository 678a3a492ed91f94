// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A source is the text of a document.
type source struct {
	edit.Source
	// isJSON reports whether all strings need double quotes.
	isJSON bool
}

// newSource returns the source of the document that contains the object.
func newSource(o manifest.Object) source {
	return source{edit.NewSource(o), json.Valid(o.Document.Data)}
}

// editsOf returns the edits of the text, nil if one of them is not possible in place: for anchors, tags and
// text over several lines, for example.
func (s source) editsOf(o manifest.Object, edits []validation.Edit) []edit.Edit {
	var out []edit.Edit
	for _, e := range edits {
		at, found := o.Field(e.Path)
		if !found {
			return nil
		}
		one, done := s.textOf(at, e)
		if !done {
			return nil
		}
		out = append(out, one)
	}
	return out
}

func (s source) textOf(at manifest.Field, e validation.Edit) (edit.Edit, bool) {
	if e.Op == validation.Rename {
		start, end, inPlace := s.span(at.Key)
		return s.Replace(start, end, s.scalar(e.Key, at.Key)), inPlace
	}
	start, end, inPlace := s.span(at.Value)
	if !inPlace {
		return edit.Edit{}, false
	}
	switch e.Op {
	case validation.Replace:
		return s.Replace(start, end, s.scalar(e.Value, at.Value)), true
	case validation.Wrap:
		return s.Replace(start, end, "["+string(s.Data[start:end])+"]"), true
	case validation.Remove:
		return s.remove(at, end)
	case validation.Add:
		return s.add(at, end, e)
	default:
		return edit.Edit{}, false
	}
}

// span returns the range of a scalar, and whether it can be replaced: it must not have an anchor or a tag, and
// without quotes it must be on one line.
func (s source) span(node *yamlv3.Node) (start, end int, inPlace bool) {
	if node == nil || node.Kind != yamlv3.ScalarNode || node.Anchor != "" {
		return 0, 0, false
	}
	start = s.Offset(node)
	text := s.Data[start:]
	switch node.Style {
	case yamlv3.DoubleQuotedStyle:
		inPlace = bytes.HasPrefix(text, []byte(`"`))
	case yamlv3.SingleQuotedStyle:
		inPlace = bytes.HasPrefix(text, []byte(`'`))
	case 0:
		inPlace = node.Value != "" && bytes.HasPrefix(text, []byte(node.Value))
	}
	if !inPlace {
		return 0, 0, false
	}
	return start, s.ScalarEnd(node), true
}

// scalar returns the text of a string, a number or a boolean, with the quotes of the node if it is possible.
func (s source) scalar(value any, like *yamlv3.Node) string {
	text, isText := value.(string)
	switch {
	case !isText:
		return fmt.Sprint(value)
	case s.isJSON:
		return s.quoted(text)
	case like.Style == yamlv3.SingleQuotedStyle && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	case like.Style == 0 && isPlain(text):
		return text
	default:
		return s.quoted(text)
	}
}

// quoted returns the string in double quotes, with escapes for characters that are not graphic.
func (s source) quoted(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // strings can be encoded
	encoded := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if s.isJSON {
		return string(terminal.EscapeJSON(encoded))
	}
	var escaped strings.Builder
	for _, r := range string(encoded) {
		if unicode.IsGraphic(r) {
			escaped.WriteRune(r)
		} else {
			fmt.Fprintf(&escaped, `\U%08X`, r) // YAML has no pairs of surrogates
		}
	}
	return escaped.String()
}

// plain matches text that needs no quotes anywhere in YAML, unless it is a number or a boolean.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./]([A-Za-z0-9_./:@+-]*[A-Za-z0-9_./@+-])?$`)

func isPlain(text string) bool {
	var value any
	return plain.MatchString(text) && yaml.Unmarshal([]byte(text), &value) == nil && value == any(text)
}

// remove returns the edit that removes a field or an entry whose value ends at the offset. A comment after it stays.
func (s source) remove(at manifest.Field, end int) (edit.Edit, bool) {
	first := at.Value
	if at.Key != nil {
		first = at.Key
	}
	start := s.Offset(first)
	if at.Parent.Style&yamlv3.FlowStyle != 0 {
		return s.removeFromFlow(start, end), true
	}
	line := s.Lines[first.Line-1]
	before := strings.Trim(string(s.Data[line:start]), " ")
	lineEnd := s.LineEnd(first.Line)
	// The first line may begin with the marker of the document, which is not in its text.
	if first.Line == 1 || end > lineEnd || at.Key != nil && before != "" || at.Key == nil && before != "-" {
		return edit.Edit{}, false
	}
	if comment := strings.TrimLeft(string(s.Data[end:lineEnd]), " \t"); strings.HasPrefix(comment, "#") {
		indent := len(s.Data[line:]) - len(bytes.TrimLeft(s.Data[line:], " "))
		return s.Replace(line, lineEnd, strings.Repeat(" ", indent)+comment), true
	}
	return s.Replace(line, lineEnd, ""), true
}

// removeFromFlow returns the edit that removes the range with the comma before or after it.
func (s source) removeFromFlow(start, end int) edit.Edit {
	before := bytes.TrimRight(s.Data[:start], " \t\r\n")
	if bytes.HasSuffix(before, []byte(",")) {
		return s.Replace(len(before)-1, end, "")
	}
	after := bytes.TrimLeft(s.Data[end:], " \t\r\n")
	if bytes.HasPrefix(after, []byte(",")) {
		after = bytes.TrimLeft(after[1:], " \t\r\n")
	}
	return s.Replace(start, len(s.Data)-len(after), "")
}

// add returns the edit that adds a field after a field whose value ends at the offset.
func (s source) add(at manifest.Field, end int, e validation.Edit) (edit.Edit, bool) {
	if at.Key == nil {
		return edit.Edit{}, false
	}
	text := s.scalar(e.Key, at.Key) + ": " + s.scalar(e.Value, at.Value)
	if at.Parent.Style&yamlv3.FlowStyle != 0 {
		return s.Replace(end, end, ", "+text), true
	}
	text = strings.Repeat(" ", at.Key.Column-1) + text
	lineEnd := s.LineEnd(at.Key.Line)
	switch {
	case end > lineEnd:
		return edit.Edit{}, false
	case bytes.HasSuffix(s.Data[:lineEnd], []byte("\n")):
		return s.Replace(lineEnd, lineEnd, text+s.Newline), true
	default:
		return s.Replace(lineEnd, lineEnd, s.Newline+text), true
	}
}
