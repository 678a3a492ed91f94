package migrate

import (
	"regexp"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// A field is a flat field as it stands in a mapping, and the name that it gets.
type field struct {
	key, value *yamlv3.Node
	name       string
}

// nest moves flat fields of a component into the mapping of the group, which is made
// where the first of them stands if there is none.
func (s source) nest(component *yamlv3.Node, group string, names map[string]string) []edit {
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

// nestInBlock moves whole lines, with the comments above them.
func (s source) nestInBlock(group string, groupKey, groupValue *yamlv3.Node, fields []field) []edit {
	var edits []edit
	if groupKey != nil && isFlow(groupValue) {
		// Comments stay where the fields were: a mapping on one line has no room for them.
		for _, f := range fields {
			edits = append(edits, s.withoutField(f))
		}
		return append(edits, s.insertInFlow(groupValue, s.missing(groupValue, fields)))
	}
	indent := strings.Repeat(" ", fields[0].key.Column-1)
	below := indent + "  "
	if groupKey != nil && groupValue.Kind == yamlv3.MappingNode && len(groupValue.Content) > 0 {
		below = strings.Repeat(" ", groupValue.Content[0].Column-1)
	}
	var text strings.Builder
	var target int
	if groupKey == nil {
		text.WriteString(indent + group + ":" + s.newline)
		target = s.lines[s.firstLine(fields[0])-1]
	} else {
		target = s.lines[min(groupKey.Line, len(s.lines)-1)]
	}
	kept := s.missing(groupValue, fields)
	for _, f := range fields {
		if !slices.Contains(kept, f) {
			edits = append(edits, s.withoutField(f))
			continue
		}
		for line := s.firstLine(f); line <= f.key.Line; line++ {
			content := strings.TrimLeft(s.line(line), " ")
			if line == f.key.Line {
				content = strings.Replace(content, f.key.Value, f.name, 1)
			}
			text.WriteString(below + strings.TrimRight(content, "\r\n") + s.newline)
		}
		edits = append(edits, s.replace(s.lines[s.firstLine(f)-1], s.lineEnd(f.key.Line), ""))
	}
	return append([]edit{s.replace(target, target, text.String())}, edits...)
}

// missing are the fields that the group does not have yet.
func (s source) missing(group *yamlv3.Node, fields []field) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return value(group, f.name) != nil })
}

// withoutField removes a line, and leaves the comment that stands behind the field.
func (s source) withoutField(f field) edit {
	text := ""
	line := s.line(f.key.Line)
	if _, comment, found := strings.Cut(line[s.end(f.value)-s.lines[f.key.Line-1]:], "#"); found {
		text = strings.Repeat(" ", f.key.Column-1) + "#" + comment
	}
	return s.replace(s.lines[f.key.Line-1], s.lineEnd(f.key.Line), text)
}

// firstLine is that of the comments which stand directly above the field, in its column.
// What was commented out there, an entry of the list above or another field, stays.
func (s source) firstLine(f field) int {
	first := f.key.Line
	for first > 1 {
		line := s.line(first - 1)
		text := strings.TrimLeft(line, " ")
		if !strings.HasPrefix(text, "#") || len(line)-len(text) != f.key.Column-1 || commentedOut.MatchString(text) {
			break
		}
		first--
	}
	return first
}

// commentedOut is a comment that is YAML: an entry of a list, or a field.
var commentedOut = regexp.MustCompile(`^#+\s*(-|[a-z][A-Za-z0-9]*:)(\s|$)`)

func (s source) lineEnd(line int) int {
	if line < len(s.lines) {
		return s.lines[line]
	}
	return len(s.data)
}

// nestInFlow moves entries of a mapping in braces, JSON among them.
func (s source) nestInFlow(component *yamlv3.Node, group string, groupValue *yamlv3.Node, fields []field) []edit {
	made, removed := s.insertInFlow(groupValue, s.missing(groupValue, fields)), fields
	if groupValue == nil {
		first := fields[0]
		text := s.quoted(first.key, group) + ": {" + s.entries(fields) + "}"
		made, removed = s.replace(s.offset(first.key), s.end(first.value), text), fields[1:]
	}
	edits := make([]edit, 0, 1+len(removed))
	edits = append(edits, made)
	for _, f := range removed {
		edits = append(edits, s.withoutEntry(component, f, removed))
	}
	return edits
}

// insertInFlow puts the fields behind the opening brace.
func (s source) insertInFlow(group *yamlv3.Node, fields []field) edit {
	if group == nil || group.Kind != yamlv3.MappingNode || len(fields) == 0 {
		return edit{}
	}
	at := s.offset(group) + 1
	text := s.entries(fields)
	if len(group.Content) > 0 {
		text += ", "
	}
	return s.replace(at, at, text)
}

// entries are the fields under their new names, with their values as they are written.
func (s source) entries(fields []field) string {
	texts := make([]string, 0, len(fields))
	for _, f := range fields {
		texts = append(texts, s.quoted(f.key, f.name)+": "+string(s.data[s.offset(f.value):s.end(f.value)]))
	}
	return strings.Join(texts, ", ")
}

// quoted is the name as the key is written.
func (s source) quoted(key *yamlv3.Node, name string) string {
	switch key.Style {
	case yamlv3.DoubleQuotedStyle:
		return `"` + name + `"`
	case yamlv3.SingleQuotedStyle:
		return `'` + name + `'`
	default:
		return name
	}
}

// withoutEntry removes an entry and the comma before it, or the one behind it if no
// entry stands before it that stays.
func (s source) withoutEntry(component *yamlv3.Node, f field, removed []field) edit {
	start, end := s.offset(f.key), s.end(f.value)
	if s.isLeading(component, f, removed) {
		for end < len(s.data) && strings.IndexByte(" \t\r\n,", s.data[end]) >= 0 {
			end++
		}
		return s.replace(start, end, "")
	}
	for start > s.offset(component) && s.data[start] != ',' {
		start--
	}
	return s.replace(start, end, "")
}

// isLeading tells whether everything that stands before the field is removed.
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
