// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"slices"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// Bounds of the work for a document.
const (
	// maxRounds limits how often all errors are tried again: a correction can reveal another error.
	maxRounds = 10
	// minTrials is how many corrections of a document are tried in any case, and maxTried the bytes of text
	// beyond which no more are: a try reads the document again, which takes about a second for a megabyte.
	minTrials, maxTried = 10, 8 << 20
)

// A Fixer corrects the errors of manifests.
type Fixer struct{ checker *check.Checker }

// New returns a Fixer for what the checker finds.
func New(checker *check.Checker) Fixer { return Fixer{checker} }

// A Result is a corrected file.
type Result struct {
	// Data is the text of the file.
	Data []byte
	// Changes has the corrected findings, with their positions in the file as it was.
	Changes []check.Finding
}

// File corrects the file as far as errors suggest how. Each correction leaves fewer errors and no new ones, and
// changes nothing but what the message of an error says. Documents that cannot be parsed are unchanged.
func (f Fixer) File(file manifest.File) Result {
	var edits []edit.Edit
	var out Result
	for _, at := range documents(file) {
		before := f.read(file.Name, text(file, at), document{})
		after, changes := f.document(before)
		if len(changes) > 0 {
			edits = append(edits, edit.Edit{Start: at.Offset, End: at.Offset + len(at.Data), Text: string(after.text)})
			out.Changes = append(out.Changes, inFile(at, changes)...)
		}
	}
	out.Data = edit.Apply(file.Data, edits)
	check.Sort(out.Changes)
	return out
}

// documents returns the documents of the file that have objects.
func documents(file manifest.File) []manifest.Document {
	objects, _ := manifest.Parse(file)
	var found []manifest.Document
	for _, o := range objects {
		if n := len(found); n == 0 || found[n-1].Offset != o.Document.Offset {
			found = append(found, o.Document)
		}
	}
	return found
}

// text returns the document's text as it is in the file.
func text(file manifest.File, at manifest.Document) []byte {
	return file.Data[at.Offset : at.Offset+len(at.Data)]
}

// inFile returns the findings of a document with their positions in the file. It modifies them.
func inFile(at manifest.Document, findings []check.Finding) []check.Finding {
	for i := range findings {
		if findings[i].Line == 1 {
			findings[i].Column += at.Column
		}
		findings[i].Line += at.Line
	}
	return findings
}

// document corrects the errors of a document, and returns those that it has corrected.
func (f Fixer) document(d document) (document, []check.Finding) {
	w := work{fixer: f, document: d, trials: max(minTrials, maxTried/(len(d.text)+1))}
	for range maxRounds {
		before := len(w.changes)
		w.correct(d.suggested())
		if d = w.document; len(w.changes) == before {
			break
		}
	}
	changes := make([]check.Finding, 0, len(w.changes))
	for _, t := range w.changes {
		changes = append(changes, t.Finding)
	}
	return w.document, changes
}

// work is the correction of a document.
type work struct {
	fixer    Fixer
	document document
	changes  []target
	// trials is how many corrections may still be tried.
	trials int
}

// correct corrects the errors together or, if that fails, each half of them.
func (w *work) correct(targets []target) {
	targets = w.document.remaining(targets)
	if w.trials <= 0 || len(w.document.plan(targets).corrected) == 0 {
		return
	}
	w.trials--
	if after, changes := w.fixer.try(w.document, targets); len(changes) > 0 {
		w.document = after
		w.changes = append(w.changes, changes...)
		return
	}
	if len(targets) > 1 {
		w.correct(targets[:len(targets)/2])
		w.correct(targets[len(targets)/2:])
	}
}

// maxRevealed limits how often the errors that a correction reveals are corrected with it.
const maxRevealed = 5

// try corrects the errors, and those that this reveals. It returns the corrected errors, none unless the result
// has the other errors of the document and no new ones.
func (f Fixer) try(before document, targets []target) (document, []target) {
	after := before
	var changes []target
	for range maxRevealed {
		next, corrected := f.apply(after, targets)
		if len(corrected) == 0 {
			break
		}
		after, changes = next, append(changes, corrected...)
		if targets = after.newSince(before); len(targets) == 0 {
			break
		}
	}
	if !after.betterThan(before, changes) {
		return before, nil
	}
	return after, changes
}

// apply applies the edits of those errors whose text can be edited in place. It returns no errors if the result is
// not exactly what their edits mean.
func (f Fixer) apply(d document, targets []target) (document, []target) {
	plan := d.plan(targets)
	if len(plan.corrected) == 0 {
		return d, nil
	}
	after := f.read(d.name, edit.Apply(slices.Clone(d.text), slices.Clone(plan.edits)), d)
	if !after.is(d, plan.objects) {
		return d, nil
	}
	after.original, after.history = d.original, append(slices.Clip(d.history), plan.edits)
	return after, plan.corrected
}
