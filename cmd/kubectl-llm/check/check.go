// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/apply"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// root refers to the object itself.
var root = field.NewPath("")

// A Checker validates objects. It is safe for concurrent use.
type Checker struct {
	opts   validation.Options
	schema *crdSchema
}

// New returns a Checker for an operator that runs with the options. It fails if the
// embedded CRD cannot be read.
func New(opts validation.Options) (*Checker, error) { return NewFor(crd.OllamaDeploymentsJSON, opts) }

// NewFor returns a Checker with the schema of another version's CRD, in YAML or JSON.
func NewFor(definition []byte, opts validation.Options) (*Checker, error) {
	s, err := newSchema(definition)
	if err != nil {
		return nil, err
	}
	return &Checker{opts: opts, schema: s}, nil
}

// A Result is the outcome of validating one object.
type Result struct {
	// Skipped reports that an object of another kind was not validated. An object whose
	// kind or group is probably misspelled is not skipped.
	Skipped bool
	// JSON encodes the object as the API server reads it, without nulls and status; nil if a
	// value has the wrong type.
	JSON []byte
	// Original decodes JSON, and Defaulted adds all defaults; nil if JSON is.
	Original, Defaulted *v1alpha1.OllamaDeployment
	// Stored is the object that an update changes, nil for a create.
	Stored *Stored
	// Findings sorted by line.
	Findings []Finding
}

// Rejected reports whether the API server would reject the object.
func (r Result) Rejected() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Level == Error })
}

// Check validates the object as the API server and the operator's admission would on
// creation, and returns all findings at once.
func (c *Checker) Check(o manifest.Object) Result { return c.check(o, nil) }

// check validates the object as a create, or as an update if there is a stored one.
func (c *Checker) check(o manifest.Object, stored *Stored) Result {
	if !IsOllamaDeployment(o) {
		if finding := misspelledKind(o); finding != nil {
			return Result{Findings: []Finding{*finding}}
		}
		return Result{Skipped: true}
	}
	r := Result{Stored: stored}
	f := findings{object: o}
	f.addDuplicateKeys()
	sent, before := o.JSON, []byte(nil)
	if stored != nil {
		var err error
		if sent, err = updated(o, stored); err != nil {
			f.addErrors(field.ErrorList{field.InternalError(root, err)})
			r.Findings = f.found
			return r
		}
		before = stored.JSON
	}
	if err := validation.CheckSize(sent, before); err != nil {
		f.addErrors(field.ErrorList{err})
		r.Findings = f.found
		return r
	}
	read, unknown, err := c.schema.read(sent)
	if err != nil {
		f.addErrors(field.ErrorList{field.InternalError(root, err)})
		r.Findings = f.found
		return r
	}
	for _, path := range unknown {
		if !f.full() {
			c.addUnknownField(&f, path)
		}
	}
	c.admit(&f, &r, read, stored)
	Sort(f.found)
	r.Findings = f.found
	return r
}

// updated returns the stored object after an apply of the manifest. As with kubectl, the manifest has the namespace of
// the request, so that the patch does not remove what an earlier manifest had.
func updated(o manifest.Object, stored *Stored) ([]byte, error) {
	located, err := apply.InNamespace(o.JSON, stored.Namespace)
	if err != nil {
		return nil, err
	}
	return apply.Merge(located, stored.JSON)
}

// admit applies the defaults and the rules of admission to an object that the API server
// has read, and sets the result's decoded objects.
func (c *Checker) admit(f *findings, r *Result, read map[string]any, stored *Stored) {
	data, err := json.Marshal(read)
	if err != nil {
		f.addErrors(field.ErrorList{field.InternalError(root, err)})
		return
	}
	d, decodeErrs, err := validation.Decode(data)
	if err != nil {
		f.addErrors(field.ErrorList{field.Invalid(root, "object", err.Error())})
		return
	}
	if len(decodeErrs) == 0 {
		r.JSON, r.Original, r.Defaulted = data, d.DeepCopy(), d
	} else if read, err = runtime.DefaultUnstructuredConverter.ToUnstructured(d); err != nil {
		f.addErrors(field.ErrorList{field.InternalError(root, err)}) // the schema validates the values that were probably intended
	}
	named, warnings, errs := c.rules(f.withSourceText(decodeErrs), d, stored)
	f.addErrors(errs)
	f.addErrors(validation.NotAmong(errs, validateObjectMeta(named.ObjectMeta)))
	f.addErrors(fromSchema(named, errs, c.schema.validate(read, stored)))
	for _, warning := range warnings {
		f.add(f.object.PositionOf(warning.Field), Warning, RuleWarning, warning.Field, warning.Message)
	}
}

// rules sets the defaults of the object and evaluates the rules: those of an update, if there is a stored object,
// whose status the object gets. The returned object has a name.
func (c *Checker) rules(decodeErrs field.ErrorList, d *v1alpha1.OllamaDeployment, stored *Stored) (*v1alpha1.OllamaDeployment, []validation.Warning, field.ErrorList) {
	if stored == nil {
		d.Default()
		named := WithGeneratedName(d)
		warnings, errs := validation.ValidateCreate(named, decodeErrs, c.opts)
		return named, warnings, errs
	}
	d.Status, d.DeletionTimestamp = stored.Status, stored.DeletionTimestamp
	d.DefaultUpdate(stored.OllamaDeployment)
	warnings, errs := validation.ValidateUpdate(d, stored.OllamaDeployment, decodeErrs, c.opts)
	return d, warnings, errs
}

// WithGeneratedName returns a copy of the object with a name such as the API server
// generates from metadata.generateName, after defaulting and before validation. It returns
// the object itself if it has a name or no generateName.
func WithGeneratedName(d *v1alpha1.OllamaDeployment) *v1alpha1.OllamaDeployment {
	if d.Name != "" || d.GenerateName == "" {
		return d
	}
	named := d.DeepCopy()
	named.Name = d.GenerateName[:min(len(d.GenerateName), maxGenerateName)] + "xxxxx"
	return named
}

// maxGenerateName limits the characters of generateName that the API server uses; it appends five
// random ones.
//
// Source: k8s.io/apiserver, pkg/storage/names (MaxGeneratedNameLength).
const maxGenerateName = 58

// validateObjectMeta returns the errors of the API server's own rules for metadata.
func validateObjectMeta(meta metav1.ObjectMeta) field.ErrorList {
	if meta.Namespace == "" {
		meta.Namespace = metav1.NamespaceDefault // kubectl sets its own
	}
	return apivalidation.ValidateObjectMeta(&meta, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
}

func (c *Checker) addUnknownField(f *findings, path string) {
	message := "Unknown field"
	var edits []validation.Edit
	if best := c.schema.suggestField(path); best != "" {
		message += fmt.Sprintf("; did you mean %q?", best)
		edits = []validation.Edit{{Op: validation.Rename, Path: path, Key: best}}
	}
	f.add(f.object.PositionOfKey(path), Error, RuleUnknownField, path, message, edits...)
}

// findings collects the findings of one object.
type findings struct {
	object manifest.Object
	found  []Finding
}

// maxFindings bounds the findings of one object, and the time to find their lines.
const maxFindings = 1000

func (f *findings) full() bool { return len(f.found) >= maxFindings }

// addDuplicateKeys adds the keys that occur twice in a mapping. Those at the top of the
// object, where a whole spec would be lost, are errors; others are warnings.
func (f *findings) addDuplicateKeys() {
	for _, duplicate := range f.object.Duplicates(maxFindings / 2) {
		level := Warning
		if !strings.ContainsAny(duplicate.Path, ".[") {
			level = Error
		}
		f.add(duplicate.Position, level, RuleDuplicateKey, duplicate.Path, "duplicate key; only the last value is used")
	}
}

func (f *findings) addErrors(errs field.ErrorList) {
	for _, err := range errs {
		if f.full() {
			return
		}
		f.add(f.object.PositionOf(err.Field), Error, string(err.Type), err.Field, err.ErrorBody(), validation.Edits(err)...)
	}
}

func (f *findings) add(at manifest.Position, level Level, rule, path, message string, edits ...validation.Edit) {
	f.found = append(f.found, Finding{
		File: f.object.File, Line: at.Line, Column: at.Column,
		Level: level, Rule: rule, Object: DisplayName(f.object), ObjectAt: f.object.Position(), Path: path, Message: message, Edits: edits,
	})
}

// withSourceText replaces the values of errors about missing quotes by the text in the
// file: YAML reads 1.10 as the number 1.1, and "on" as true.
func (f *findings) withSourceText(errs field.ErrorList) field.ErrorList {
	for _, err := range errs {
		text, plain := f.object.PlainScalar(err.Field)
		if plain && strings.HasPrefix(err.Detail, validation.InQuotes) {
			err.BadValue, err.Detail = json.Number(text), validation.InQuotes+strconv.Quote(text)
		}
	}
	return errs
}
