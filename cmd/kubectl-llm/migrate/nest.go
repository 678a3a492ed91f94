// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"regexp"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
)

// A source is the text of a document, with the edits that nest its fields.
type source struct{ edit.Source }

// A field represents a deprecated field in a mapping, with its name in the group.
type field struct {
	key, value *yamlv3.Node
	name       string
}

// nest returns the edits that move deprecated fields of a component into the group. If there
// is no group, it is added at the first field.
func (s source) nest(component *yamlv3.Node, group string, names map[string]string) []edit.Edit {
	for component != nil && component.Kind == yamlv3.AliasNode {
		component = component.Alias
	}
	var fields []field
	if component == nil || component.Kind != yamlv3.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(component.Content); i += 2 {
		if name, found := names[component.Content[i].Value]; found {
			fields = append(fields, field{component.Content[i], component.Content[i+1], name})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	groupKey, groupValue := entry(component, group)
	if component.Style&yamlv3.FlowStyle != 0 {
		return s.nestInFlow(component, group, groupValue, fields)
	}
	return s.nestInBlock(group, groupKey, groupValue, fields)
}

// nestInBlock returns the edits for a block mapping. Lines move with the comments above them.
func (s source) nestInBlock(group string, groupKey, groupValue *yamlv3.Node, fields []field) []edit.Edit {
	var edits []edit.Edit
	if groupKey != nil && isFlow(groupValue) {
		// Comments stay at the fields' lines: a flow mapping on one line cannot contain them.
		for _, f := range fields {
			edits = append(edits, s.removeField(f))
		}
		return append(edits, s.insertInFlow(groupValue, s.missingFields(groupValue, fields)))
	}
	indent := strings.Repeat(" ", fields[0].key.Column-1)
	groupIndent := indent + "  "
	if groupKey != nil && groupValue.Kind == yamlv3.MappingNode && len(groupValue.Content) > 0 {
		groupIndent = strings.Repeat(" ", groupValue.Content[0].Column-1)
	}
	var text strings.Builder
	var target int
	if groupKey == nil {
		text.WriteString(indent + group + ":" + s.Newline)
		target = s.Lines[s.firstLine(fields[0])-1]
	} else {
		target = s.Lines[min(groupKey.Line, len(s.Lines)-1)]
	}
	moved := s.missingFields(groupValue, fields)
	for _, f := range fields {
		if !slices.Contains(moved, f) {
			edits = append(edits, s.removeField(f))
			continue
		}
		for line := s.firstLine(f); line <= f.key.Line; line++ {
			content := strings.TrimLeft(s.Line(line), " ")
			if line == f.key.Line {
				content = strings.Replace(content, f.key.Value, f.name, 1)
			}
			text.WriteString(groupIndent + strings.TrimRight(content, "\r\n") + s.Newline)
		}
		edits = append(edits, s.Replace(s.Lines[s.firstLine(f)-1], s.LineEnd(f.key.Line), ""))
	}
	return append([]edit.Edit{s.Replace(target, target, text.String())}, edits...)
}

// missingFields returns the fields that the group does not have.
func (s source) missingFields(group *yamlv3.Node, fields []field) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return valueOf(group, f.name) != nil })
}

// removeField returns the edit that removes the line of the field, but not a comment that
// follows it. It removes nothing if the value is not on the line of its key.
func (s source) removeField(f field) edit.Edit {
	start, valueEnd, end := s.Lines[f.key.Line-1], s.ScalarEnd(f.value), s.LineEnd(f.key.Line)
	if valueEnd > end {
		return edit.Edit{}
	}
	text := ""
	if _, comment, found := strings.Cut(string(s.Data[valueEnd:end]), "#"); found {
		text = strings.Repeat(" ", f.key.Column-1) + "#" + comment
	}
	return s.Replace(start, end, text)
}

// firstLine returns the first line of the comments directly above the field, with the same
// indentation. Commented-out YAML above the field does not belong to it.
func (s source) firstLine(f field) int {
	first := f.key.Line
	for first > 1 {
		line := s.Line(first - 1)
		text := strings.TrimLeft(line, " ")
		if !strings.HasPrefix(text, "#") || len(line)-len(text) != f.key.Column-1 || commentedOut.MatchString(text) {
			break
		}
		first--
	}
	return first
}

// commentedOut matches comments that are YAML: a list entry or a field.
var commentedOut = regexp.MustCompile(`^#+\s*(-|[a-z][A-Za-z0-9]*:)(\s|$)`)

// nestInFlow returns the edits for a flow mapping, such as JSON.
func (s source) nestInFlow(component *yamlv3.Node, group string, groupValue *yamlv3.Node, fields []field) []edit.Edit {
	insertion, removed := s.insertInFlow(groupValue, s.missingFields(groupValue, fields)), fields
	if groupValue == nil {
		first := fields[0]
		text := s.QuoteLike(first.key, group) + ": {" + s.flowEntries(fields) + "}"
		insertion, removed = s.Replace(s.Offset(first.key), s.ScalarEnd(first.value), text), fields[1:]
	}
	edits := make([]edit.Edit, 0, 1+len(removed))
	edits = append(edits, insertion)
	for _, f := range removed {
		edits = append(edits, s.removeEntry(component, f, removed))
	}
	return edits
}

// insertInFlow returns the edit that inserts the fields after the opening brace.
func (s source) insertInFlow(group *yamlv3.Node, fields []field) edit.Edit {
	if group == nil || group.Kind != yamlv3.MappingNode || len(fields) == 0 {
		return edit.Edit{}
	}
	at := s.Offset(group) + 1
	text := s.flowEntries(fields)
	if len(group.Content) > 0 {
		text += ", "
	}
	return s.Replace(at, at, text)
}

// flowEntries returns the fields with their new names and original values, as entries of a
// flow mapping.
func (s source) flowEntries(fields []field) string {
	texts := make([]string, 0, len(fields))
	for _, f := range fields {
		texts = append(texts, s.QuoteLike(f.key, f.name)+": "+string(s.Data[s.Offset(f.value):s.ScalarEnd(f.value)]))
	}
	return strings.Join(texts, ", ")
}

// removeEntry returns the edit that removes an entry and the comma before it, or after it if
// no remaining entry precedes it.
func (s source) removeEntry(component *yamlv3.Node, f field, removed []field) edit.Edit {
	start, end := s.Offset(f.key), s.ScalarEnd(f.value)
	if s.isLeading(component, f, removed) {
		for end < len(s.Data) && strings.IndexByte(" \t\r\n,", s.Data[end]) >= 0 {
			end++
		}
		return s.Replace(start, end, "")
	}
	for start > s.Offset(component) && s.Data[start] != ',' {
		start--
	}
	return s.Replace(start, end, "")
}

// isLeading reports whether all entries before the field are removed.
func (s source) isLeading(component *yamlv3.Node, f field, removed []field) bool {
	for i := 0; component.Content[i] != f.key; i += 2 {
		if !slices.ContainsFunc(removed, func(r field) bool { return r.key == component.Content[i] }) {
			return false
		}
	}
	return true
}

func isFlow(node *yamlv3.Node) bool {
	return node != nil && node.Kind == yamlv3.MappingNode && node.Style&yamlv3.FlowStyle != 0
}
