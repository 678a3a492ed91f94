// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package preflight says what this version of the operator does with the objects that a cluster has stored, before
// it is installed: what its admission refuses, which children it changes, and whether the change of its CRDs is safe.
package preflight

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
)

// An Object is what the operator does with a stored object. Its texts are untrusted: escape them before printing to
// a terminal.
type Object struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Refused are the errors for which every update is refused, even one of other fields.
	Refused []Finding `json:"refused,omitempty"`
	// Lost are the paths of the fields that the new CRD does not have: the next write drops them.
	Lost []string `json:"lost,omitempty"`
	// Tolerated are the errors for which only a create is refused.
	Tolerated []Finding `json:"tolerated,omitempty"`
	// Warnings are those of a create.
	Warnings []Finding `json:"warnings,omitempty"`
	// Changes are the fields of the spec that get a default, or another derived value.
	Changes []plan.Field `json:"changes,omitempty"`
	// Components, Children, Models, Addresses and Claims are those with an effect, as in a plan. Children are
	// without their fields.
	Components []plan.Component `json:"components,omitempty"`
	Children   []plan.Child     `json:"children,omitempty"`
	Models     []plan.Model     `json:"models,omitempty"`
	Addresses  []plan.Address   `json:"addresses,omitempty"`
	Claims     []plan.Claim     `json:"claims,omitempty"`
}

// A Finding is an error or a warning of admission.
type Finding struct {
	// Path of the field, by JSON names.
	Path string `json:"path"`
	// Message describes the problem.
	Message string `json:"message"`
}

// A Checker checks stored objects. It is safe for concurrent use.
type Checker struct {
	admission *check.Checker
	options   render.Options
}

// New returns a Checker of objects that admission and the options of rendering decide about.
func New(admission *check.Checker, options render.Options) *Checker {
	return &Checker{admission: admission, options: options}
}

// Check returns what the operator does with the stored object, whose live children are given. It fails if the text
// is no JSON object, or if its children cannot be rendered.
func (c *Checker) Check(kind string, stored []byte, children *Children) (Object, error) {
	s, err := c.admission.CheckStored(stored)
	if err != nil {
		return Object{}, err
	}
	out := Object{
		Kind: kind, Namespace: s.Old.Namespace, Name: s.Old.Name,
		Refused: findings(s.Refused), Tolerated: findings(s.Tolerated), Lost: s.Lost,
	}
	for _, warning := range s.Warnings {
		out.Warnings = append(out.Warnings, Finding{warning.Field, warning.Message})
	}
	if s.Old.DeletionTimestamp != nil {
		return out, nil
	}
	in := plan.Input{Old: s.Old, New: s.New, Options: c.options}
	if kind == v1alpha1.Kind {
		in.Live, in.Absent = children.live(s.Old), children.absent
	}
	p, err := plan.Compute(in)
	if err != nil {
		return Object{}, err
	}
	out.Changes = p.Fields
	if kind == v1alpha1.Kind { // the children of the deprecated kind are those of the OllamaDeployment that it maintains
		out.addEffects(p)
	}
	return out, nil
}

// addEffects adds what the plan says of children.
func (o *Object) addEffects(p plan.Plan) {
	o.Components, o.Models, o.Addresses, o.Claims = p.Components, p.Models, p.Addresses, p.Claims
	for _, child := range p.Children {
		child.Before, child.After = nil, nil
		o.Children = append(o.Children, child)
	}
}

func findings(errs field.ErrorList) []Finding {
	out := make([]Finding, 0, len(errs))
	for _, err := range errs {
		out = append(out, Finding{err.Field, err.ErrorBody()})
	}
	return out
}

// Restarts reports whether pods are replaced or deleted.
func (o *Object) Restarts() bool {
	for i := range o.Components {
		if effect := o.Components[i].Effect; effect == plan.Restarts || effect == plan.Stops {
			return true
		}
	}
	return false
}

// Affected reports whether the operator writes the object or a child, or admission has errors.
func (o *Object) Affected() bool {
	return len(o.Refused)+len(o.Lost)+len(o.Tolerated)+len(o.Changes)+len(o.Components)+len(o.Children) > 0
}
