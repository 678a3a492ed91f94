// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// A document is a document of a file as a file of its own.
type document struct {
	name    string
	text    []byte
	objects []manifest.Object
	// findings of each object.
	findings [][]check.Finding
	broken   bool
	// original is the document that has become this one by the edits, one set after the other.
	original manifest.Document
	history  [][]edit.Edit
}

// A target is an error of an object of the document that suggests how to correct it.
type target struct {
	object int
	check.Finding
}

// read parses and checks a document. Objects that the document had before are not checked again; the positions of their
// findings are those of before.
func (f Fixer) read(name string, text []byte, before document) document {
	objects, parseErrs := manifest.Parse(manifest.File{Name: name, Data: text})
	d := document{name: name, text: text, objects: objects, broken: len(parseErrs) > 0}
	if len(objects) > 0 {
		d.original = d.parsed()
	}
	for i, o := range objects {
		if i < len(before.objects) && bytes.Equal(before.objects[i].JSON, o.JSON) {
			d.findings = append(d.findings, before.findings[i])
			continue
		}
		d.findings = append(d.findings, f.checker.Check(o).Findings)
	}
	return d
}

// parsed returns the document as it was parsed, which has the length of the text. There must be objects.
func (d document) parsed() manifest.Document { return d.objects[0].Document }

// suggested returns the errors of the document that suggest edits.
func (d document) suggested() []target {
	var found []target
	for i, findings := range d.findings {
		for _, finding := range findings {
			if suggests(finding) {
				found = append(found, target{i, finding})
			}
		}
	}
	return found
}

// remaining returns the errors that the document has.
func (d document) remaining(targets []target) []target {
	type key struct {
		object        int
		path, message string
	}
	now := map[key]bool{}
	for _, t := range d.suggested() {
		now[key{t.object, t.Path, t.Message}] = true
	}
	return slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return !now[key{t.object, t.Path, t.Message}] })
}

// A kind of errors: those of one rule at one path, without the indices of lists, which move.
type kind struct {
	object     int
	rule, path string
}

var listIndex = regexp.MustCompile(`\[[0-9]+\]`)

func kindOf(object int, finding check.Finding) kind {
	return kind{object, finding.Rule, listIndex.ReplaceAllString(finding.Path, "[]")}
}

// errors counts the errors, among them keys that occur twice, which are warnings in most places.
func (d document) errors() map[kind]int {
	kinds := map[kind]int{}
	for i, findings := range d.findings {
		for _, finding := range findings {
			if finding.Level == check.Error || finding.Rule == check.RuleDuplicateKey {
				kinds[kindOf(i, finding)]++
			}
		}
	}
	return kinds
}

// betterThan reports whether the document has the errors of the one before without those that are corrected, and no
// new ones.
func (d document) betterThan(before document, corrected []target) bool {
	had, has := before.errors(), d.errors()
	for _, t := range corrected {
		if kind := kindOf(t.object, t.Finding); had[kind] > 0 { // else it was revealed
			had[kind]--
		}
	}
	for kind, count := range has {
		if count > had[kind] {
			return false
		}
	}
	return len(corrected) > 0
}

// newSince returns the errors with suggestions that the other document does not have.
func (d document) newSince(before document) []target {
	had := before.errors()
	return slices.DeleteFunc(d.suggested(), func(t target) bool { return had[kindOf(t.object, t.Finding)] > 0 })
}

// A plan is a set of edits of a document's text, and what they mean.
type plan struct {
	edits     []edit.Edit
	corrected []target
	// objects are the objects that change, as they are afterwards, by index and decoded from JSON.
	objects map[int]map[string]any
}

// plan returns the edits of the errors that can be corrected at the same time.
func (d document) plan(targets []target) plan {
	if len(targets) == 0 {
		return plan{}
	}
	p := plan{objects: map[int]map[string]any{}}
	s := newSource(d.objects[0])
	type candidate struct {
		target
		edits []edit.Edit
	}
	var candidates []candidate
	for _, t := range targets {
		if edits := s.editsOf(d.objects[t.object], t.Edits); edits != nil {
			candidates = append(candidates, candidate{t, edits})
		}
	}
	// The last comes first, so that the indices of entries before one that is removed stay the same.
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(b.edits[0].Start, a.edits[0].Start) })
	for _, c := range candidates {
		object, found := p.objects[c.object]
		if !found {
			object = decode(d.objects[c.object].JSON)
		}
		if overlap(p.edits, c.edits) || !c.applyTo(object) {
			continue
		}
		p.objects[c.object] = object
		p.edits = append(p.edits, c.edits...)
		p.corrected = append(p.corrected, d.located(c.target))
	}
	return p
}

// located returns the error with its position in the original text.
func (d document) located(t target) target {
	at := d.objects[t.object].PositionOf(t.Path)
	if t.Rule == check.RuleUnknownField {
		at = d.objects[t.object].PositionOfKey(t.Path)
	}
	t.Line, t.Column = d.originally(at.Line, at.Column)
	return t
}

// applyTo applies the edits to the object, all or none of them.
func (t target) applyTo(object map[string]any) bool {
	data, err := json.Marshal(object)
	if err != nil {
		return false
	}
	copied := decode(data)
	for _, e := range t.Edits {
		if !e.Apply(copied) {
			return false
		}
	}
	for _, e := range t.Edits {
		e.Apply(object)
	}
	return true
}

// overlap reports whether any of the edits overlap, or begin at the same place. Equal ones do not: they are of an
// anchor's mapping, which two fields have.
func overlap(a, b []edit.Edit) bool {
	return slices.ContainsFunc(a, func(a edit.Edit) bool {
		return slices.ContainsFunc(b, func(b edit.Edit) bool {
			return a != b && (a.Start == b.Start || a.Start < b.End && b.Start < a.End)
		})
	})
}

// is reports whether the document has the objects of the one before, but for those that change.
func (d document) is(before document, changed map[int]map[string]any) bool {
	if d.broken || len(d.objects) != len(before.objects) {
		return false
	}
	for i, o := range d.objects {
		want, changes := changed[i]
		if changes && !reflect.DeepEqual(decode(o.JSON), want) || !changes && !bytes.Equal(o.JSON, before.objects[i].JSON) {
			return false
		}
	}
	return true
}

// decode decodes the JSON of an object with its numbers as they are written.
func decode(data []byte) map[string]any {
	var value map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	_ = decoder.Decode(&value) // cannot fail for the JSON of an object
	return value
}
