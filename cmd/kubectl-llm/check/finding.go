package check

import (
	"cmp"
	"slices"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// A Level is how bad a finding is.
type Level string

const (
	// Error is what the API server would refuse.
	Error Level = "error"
	// Warning is what it would accept, with a warning.
	Warning Level = "warning"
)

// Rules that are no reasons of the API server's errors.
const (
	// RuleUnreadable: the document is no YAML, JSON or object.
	RuleUnreadable = "Unreadable"
	// RuleUnknownField: the schema has no such field.
	RuleUnknownField = "FieldUnknown"
	// RuleUnknownKind: the group has no such kind or version.
	RuleUnknownKind = "KindUnknown"
	// RuleDuplicateKey: a key stands twice, and the first one is lost.
	RuleDuplicateKey = "KeyDuplicate"
	// RuleWarning: admission accepts and warns.
	RuleWarning = "Warning"
)

// A Finding is one thing to know about one field of one object. Its texts are those of
// the manifest, which may come from anybody: whoever prints them has to quote them.
type Finding struct {
	// File is the name of the file.
	File string `json:"file"`
	// Line and Column are where the field stands, both from 1.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Level is how bad it is.
	Level Level `json:"level"`
	// Rule is the kind of finding: the reason of the API server's error, such as
	// FieldValueInvalid, or one of the rules of this package.
	Rule string `json:"rule"`
	// Object is the kind and name of the object, with its namespace if it says one.
	Object string `json:"object,omitempty"`
	// ObjectAt is where the object begins.
	ObjectAt manifest.Position `json:"-"`
	// Path leads to the field, by JSON names; empty if it is about the whole.
	Path string `json:"path,omitempty"`
	// Message says what is wrong, what is allowed, and what was probably meant.
	Message string `json:"message"`
}

// Text is the finding as the API server prints it: the path and the message.
func (f Finding) Text() string {
	if f.Path == "" {
		return f.Message
	}
	return f.Path + ": " + f.Message
}

// Sort puts the findings in the order of files, lines and columns, and those of one
// place in the order of their texts, so that a run prints what the last one did.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
}

// NameOf is how findings name an object.
func NameOf(o manifest.Object) string {
	name := o.Name
	if name == "" {
		name = "(no name)"
	}
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	return o.Kind + " " + name
}

// Unreadable is the finding about a document that cannot be read.
func Unreadable(err *manifest.UnreadableError) Finding {
	return Finding{
		File: err.File, Line: err.Position.Line, Column: err.Position.Column,
		Level: Error, Rule: RuleUnreadable, Message: err.Message,
	}
}
