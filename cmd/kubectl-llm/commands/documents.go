// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"iter"
	"slices"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/fix"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
)

// A fileDocument is a document of a file that is to be validated.
type fileDocument struct {
	// number counts the files.
	number   int
	file     manifest.File
	document manifest.Document
	// err is why a file cannot be read.
	err error
}

// A checkedDocument is the result of validating the objects of a document.
type checkedDocument struct {
	fileDocument
	objects  []checkedObject
	skipped  int
	findings []check.Finding
}

// documents validates the documents of all files, and yields the results in the order of the documents. The findings
// are sorted by file, line and column; those of a document may come with the next one. It stops at the first error.
func (f *manifestFlags) documents(args []string, streams genericiooptions.IOStreams) iter.Seq2[checkedDocument, error] {
	return func(yield func(checkedDocument, error) bool) {
		checker, err := check.New(f.opts)
		if err != nil {
			yield(checkedDocument{}, err)
			return
		}
		v := documentChecker{validate: asNew(checker)}
		if f.fixes && f.stored == nil {
			v.suggest = fix.New(checker).Suggest
		}
		if f.stored != nil {
			stored, err := f.stored(checker)
			if err != nil {
				yield(checkedDocument{}, err)
				return
			}
			v.validate = func(o manifest.Object) (check.Result, error) { return checkUpdate(checker, o, stored) }
		}
		sorted(parallel(f.split(args, streams), v.check))(yield)
	}
}

// split yields the documents of all files, and the first error.
func (f *manifestFlags) split(args []string, streams genericiooptions.IOStreams) iter.Seq[fileDocument] {
	return func(yield func(fileDocument) bool) {
		number := 0
		for file, err := range f.read(args, streams) {
			if err != nil {
				yield(fileDocument{err: err})
				return
			}
			number++
			for document := range manifest.Documents(file.Data) {
				if !yield(fileDocument{number: number, file: file, document: document}) {
					return
				}
			}
		}
	}
}

// checkFile validates the documents of a file as new ones, and adds the results to the report.
func checkFile(checker *check.Checker, file manifest.File, out *report.Report) error {
	documents := func(yield func(fileDocument) bool) {
		for document := range manifest.Documents(file.Data) {
			if !yield(fileDocument{file: file, document: document}) {
				return
			}
		}
	}
	for d, err := range sorted(parallel(documents, documentChecker{validate: asNew(checker)}.check)) {
		if err != nil {
			return err
		}
		d.addTo(out)
	}
	return nil
}

// addTo adds the result to the report.
func (d checkedDocument) addTo(out *report.Report) {
	out.Skipped += d.skipped
	out.Findings = append(out.Findings, d.findings...)
	for _, o := range d.objects {
		out.Objects = append(out.Objects, report.Object{File: o.File, Name: check.DisplayName(o.Object), Position: o.Position()})
	}
}

// A documentChecker validates documents. It is used concurrently.
type documentChecker struct {
	validate func(manifest.Object) (check.Result, error)
	// suggest sets the fixes of findings, nil if they are not wanted.
	suggest func(manifest.File, manifest.Document, []check.Finding)
}

// check validates the objects of a document.
func (v documentChecker) check(d fileDocument) checkedDocument {
	out := checkedDocument{fileDocument: d}
	if d.err != nil {
		return out
	}
	objects, parseErr := manifest.ParseDocument(d.file.Name, d.document)
	if parseErr != nil {
		out.findings = append(out.findings, check.ParseErrorFinding(parseErr))
	}
	for _, o := range objects {
		var result check.Result
		if result, out.err = v.validate(o); out.err != nil {
			return out
		}
		if result.Skipped {
			out.skipped++
			continue
		}
		out.objects = append(out.objects, checkedObject{o, result})
		out.findings = append(out.findings, result.Findings...)
	}
	if v.suggest != nil {
		v.suggest(d.file, d.document, out.findings)
	}
	return out
}

// sorted yields the documents with sorted findings. What the parser says of the end of a document can be on the lines
// of the next one, so findings are held back until no other can come before them.
func sorted(documents iter.Seq[checkedDocument]) iter.Seq2[checkedDocument, error] {
	return func(yield func(checkedDocument, error) bool) {
		var last checkedDocument
		for d := range documents {
			if d.err != nil {
				yield(checkedDocument{}, d.err)
				return
			}
			var ready []check.Finding
			switch {
			case d.number != last.number:
				ready, last.findings = last.findings, nil
				check.Sort(ready)
			case d.document.Line > last.document.Line:
				check.Sort(last.findings)
				after := slices.IndexFunc(last.findings, func(f check.Finding) bool { return f.Line > d.document.Line })
				if after < 0 {
					after = len(last.findings)
				}
				ready, last.findings = last.findings[:after:after], last.findings[after:]
			}
			last.fileDocument, last.findings = d.fileDocument, append(last.findings, d.findings...)
			d.findings = ready
			if !yield(d, nil) {
				return
			}
		}
		check.Sort(last.findings)
		yield(checkedDocument{findings: last.findings}, nil)
	}
}
