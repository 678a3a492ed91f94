// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// fields returns the fields of the spec that change, as they are stored.
func (u *update) fields() ([]Field, error) {
	if u.Old == nil || u.New == nil {
		return nil, nil
	}
	if err := u.compareSpecs(); err != nil {
		return nil, err
	}
	before, err := treeOf(u.Old.Spec)
	if err != nil {
		return nil, err
	}
	var out []Field
	derived := derivedPaths(u.New)
	for _, c := range differences(before, u.newSpec, step{text: "spec"}) {
		f := Field{Path: join(c.path), Derived: derived[dotted(c.path)]}
		if f.Before, err = encode(c.before); err != nil {
			return nil, err
		}
		if f.After, err = encode(c.after); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// encode returns the value as JSON, nil if there is none.
func encode(value any) (json.RawMessage, error) {
	if value == nil {
		return nil, nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encoding a field: %w", err)
	}
	return data, nil
}

// derivedPaths returns the fields that have the value that follows from others.
func derivedPaths(d *v1alpha1.OllamaDeployment) map[string]bool {
	out := map[string]bool{}
	for _, f := range d.FieldDefaults() {
		out[f.Path] = len(f.From) > 0 && f.Applies
	}
	return out
}

// dotted returns the path as FieldDefault spells it.
func dotted(path []step) string {
	names := make([]string, 0, len(path))
	for _, s := range path {
		names = append(names, s.text)
	}
	return strings.Join(names, ".")
}
