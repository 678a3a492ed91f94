package migrate

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// An edit puts a text in the place of some bytes of a file.
type edit struct {
	start, end int
	text       string
}

// apply makes all edits, which do not overlap. Several at one place stay in their order.
func apply(data []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var out []byte
	at := 0
	made := map[edit]bool{}
	for _, e := range edits {
		if made[e] {
			continue // behind an anchor, one mapping belongs to several components
		}
		made[e] = true
		out = append(out, data[at:max(at, e.start)]...)
		out = append(out, e.text...)
		at = max(at, e.end)
	}
	return append(out, data[at:]...)
}

// A source is the text of a document, by lines. Offsets are those of the document.
type source struct {
	data    []byte
	base    int
	lines   []int
	newline string
}

func newSource(o manifest.Object) source {
	s := source{data: o.Document.Data, base: o.Document.Offset, lines: manifest.LineStarts(o.Document.Data), newline: "\n"}
	if bytes.Contains(s.data, []byte("\r\n")) {
		s.newline = "\r\n"
	}
	return s
}

// offset is where the node begins, in the document.
func (s source) offset(node *yamlv3.Node) int {
	at := s.lines[node.Line-1]
	for range node.Column - 1 { // columns are characters
		_, size := utf8.DecodeRune(s.data[at:])
		at += size
	}
	return at
}

// line is the text of a line, from 1, with its end.
func (s source) line(n int) string {
	if n == len(s.lines) {
		return string(s.data[s.lines[n-1]:])
	}
	return string(s.data[s.lines[n-1]:s.lines[n]])
}

// replace is the edit of a part of the document.
func (s source) replace(start, end int, text string) edit {
	return edit{s.base + start, s.base + end, text}
}

// rename changes a scalar, within its quotes if it has some.
func (s source) rename(node *yamlv3.Node, from, to string) edit {
	if node == nil {
		return edit{}
	}
	at := s.offset(node)
	if found := bytes.Index(s.data[at:], []byte(from)); found >= 0 && found <= 1 {
		return s.replace(at+found, at+found+len(from), to)
	}
	return edit{}
}

// end is where a scalar of one line ends.
func (s source) end(node *yamlv3.Node) int {
	at := s.offset(node)
	switch node.Style {
	case yamlv3.DoubleQuotedStyle, yamlv3.SingleQuotedStyle:
		quote := s.data[at]
		for i := at + 1; i < len(s.data); i++ {
			switch {
			case s.data[i] == '\\' && quote == '"':
				i++
			case s.data[i] == quote:
				return i + 1
			}
		}
		return len(s.data)
	default:
		end := at
		for end < len(s.data) && !strings.ContainsRune(",}]\r\n#", rune(s.data[end])) {
			end++
		}
		return at + len(bytes.TrimRight(s.data[at:end], " \t"))
	}
}

// value is what stands in a mapping under the name, nil if there is nothing.
func value(mapping *yamlv3.Node, name string) *yamlv3.Node {
	_, v := entry(mapping, name)
	return v
}

func entry(mapping *yamlv3.Node, name string) (key, value *yamlv3.Node) {
	for mapping != nil && mapping.Kind == yamlv3.AliasNode {
		mapping = mapping.Alias
	}
	if mapping == nil || mapping.Kind != yamlv3.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}
