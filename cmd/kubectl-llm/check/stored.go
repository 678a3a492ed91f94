// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A Verdict is what admission says of an object that is stored already.
type Verdict struct {
	// Old is the stored object. New is what an update stores that changes nothing: it has the defaults that
	// are missing.
	Old, New *v1alpha1.OllamaDeployment
	// Refused are the errors for which an update is refused even if it changes other fields.
	Refused field.ErrorList
	// Tolerated are errors for which only a create is refused.
	Tolerated field.ErrorList
	// Warnings are those of a create.
	Warnings []validation.Warning
	// Lost are the paths of the fields that the schema does not have.
	Lost []string
}

// CheckStored validates the JSON of an object that an API server has returned. Admission says nothing of an object
// that is being deleted. It fails if the text is no JSON object.
func (c *Checker) CheckStored(stored []byte) (Verdict, error) {
	old, _, err := validation.Decode(stored)
	if err != nil {
		return Verdict{}, fmt.Errorf("reading a stored object: %w", err)
	}
	s := Verdict{Old: old, New: old}
	if validation.IsBeingDeleted(old) {
		return s, nil
	}
	if tooLarge := validation.CheckSize(stored, stored); tooLarge != nil {
		s.Refused = field.ErrorList{tooLarge}
		return s, nil //nolint:nilerr // it is what admission says
	}
	read, lost, err := c.schema.read(stored)
	if err != nil {
		return Verdict{}, fmt.Errorf("reading a stored object: %w", err)
	}
	// The operator writes the status again.
	s.Lost = slices.DeleteFunc(lost, func(path string) bool { return strings.HasPrefix(path, "status.") })
	err = c.admitStored(&s, read)
	return s, err
}

// admitStored applies the defaults and the rules of admission to a stored object that the API server has read.
func (c *Checker) admitStored(s *Verdict, read map[string]any) error {
	data, err := json.Marshal(read)
	if err != nil {
		return fmt.Errorf("encoding a stored object: %w", err)
	}
	d, decodeErrs, err := validation.Decode(data)
	if err != nil {
		return fmt.Errorf("reading a stored object: %w", err)
	}
	d.Status = s.Old.Status
	d.DefaultUpdate(s.Old)
	s.New = d
	_, refused := validation.ValidateUpdate(d, s.Old, decodeErrs, c.opts)
	s.Refused = slices.Concat(refused, fromSchema(d, refused, c.schema.validateUpdate(read)))

	warnings, errs := validation.ValidateCreate(d, decodeErrs, c.opts)
	errs = append(errs, fromSchema(d, errs, c.schema.validate(read, nil))...)
	s.Tolerated, s.Warnings = validation.NotAmong(s.Refused, errs), warnings
	return nil
}

// fromSchema returns the errors of the schema that repeat neither the known ones nor those of another field.
func fromSchema(d *v1alpha1.OllamaDeployment, known, errs field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(validation.NotAmong(known, errs), func(err *field.Error) bool { return validation.RepeatsSource(err, d) })
}
