// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"slices"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A Level is the severity of a finding.
type Level string

const (
	// Error means that the API server would reject the object.
	Error Level = "error"
	// Warning means that the API server would accept the object with a warning.
	Warning Level = "warning"
)

// Rules in addition to the types of the API server's field errors.
const (
	// RuleParseError applies to documents that are not valid YAML or JSON.
	RuleParseError = "ParseError"
	// RuleUnknownField applies to fields that are not in the schema.
	RuleUnknownField = "FieldUnknown"
	// RuleUnknownKind applies to kinds and versions that are not in the API group.
	RuleUnknownKind = "KindUnknown"
	// RuleDuplicateKey applies to keys that occur twice in a mapping; only the last value is
	// used.
	RuleDuplicateKey = "KeyDuplicate"
	// RuleWarning applies to warnings of admission.
	RuleWarning = "Warning"
	// RuleRegistry applies to models whose registry does not say how large they are.
	RuleRegistry = "RegistryError"
	// RulePolicy applies to what a ValidatingAdmissionPolicy denies or warns of.
	RulePolicy = "PolicyViolation"
)

// A Finding is an error or a warning about one field of one object. Its strings come from
// the manifest and are untrusted: escape them before printing to a terminal.
type Finding struct {
	// File name.
	File string `json:"file"`
	// Line and Column are the position of the field, both counted from 1.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Level of severity.
	Level Level `json:"level"`
	// Rule names the type of the API server's field error, such as FieldValueInvalid, or one of
	// the rules of this package.
	Rule string `json:"rule"`
	// Object names the object, see DisplayName.
	Object string `json:"object,omitempty"`
	// ObjectAt locates the object.
	ObjectAt manifest.Position `json:"-"`
	// Path of the field, by JSON names; empty if the finding is about the whole object.
	Path string `json:"path,omitempty"`
	// Message describes the problem, the allowed values, and what was probably intended.
	Message string `json:"message"`
	// Edits has what the message suggests, if it is one thing; all of them are needed.
	Edits []validation.Edit `json:"-"`
	// Fixes has a way to correct the finding, if one is known. Check does not set it.
	Fixes []Fix `json:"fixes,omitempty"`
}

// A Fix corrects a finding.
type Fix struct {
	// Description says what it does.
	Description string `json:"description"`
	// Replacements of parts of the finding's file; all of them are needed.
	Replacements []Replacement `json:"replacements"`
}

// A Replacement of a part of a file.
type Replacement struct {
	// Line and Column are the position of the first character that is replaced, both counted from 1.
	Line   int `json:"line"`
	Column int `json:"column"`
	// EndLine and EndColumn are the position after the last one.
	EndLine   int `json:"endLine"`
	EndColumn int `json:"endColumn"`
	// Text takes its place.
	Text string `json:"text"`
}

// Text returns the path and the message, as the API server prints them.
func (f Finding) Text() string {
	if f.Path == "" {
		return f.Message
	}
	return f.Path + ": " + f.Message
}

// NewFinding returns a finding about the field of the object at the path.
func NewFinding(o manifest.Object, level Level, rule, path, message string) Finding {
	at := o.PositionOf(path)
	return Finding{
		File: o.File, Line: at.Line, Column: at.Column,
		Level: level, Rule: rule, Object: DisplayName(o), ObjectAt: o.Position(), Path: path, Message: message,
	}
}

// Sort sorts the findings by file, line and column, then by path and message, so that the
// output is deterministic.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
}

// DisplayName returns "Kind namespace/name", without the namespace if none is set, and
// with "(no name)" for an empty name.
func DisplayName(o manifest.Object) string {
	name := cmp.Or(o.Name, "(no name)")
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	return o.Kind + " " + name
}

// ParseErrorFinding returns the finding for a document that cannot be parsed.
func ParseErrorFinding(err *manifest.ParseError) Finding {
	return Finding{
		File: err.File, Line: err.Position.Line, Column: err.Position.Column,
		Level: Error, Rule: RuleParseError, Message: err.Message,
	}
}
