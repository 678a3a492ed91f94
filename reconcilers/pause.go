// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"errors"
	"strings"
)

// What requests do that are told apart.
const (
	admitting = "admitting"
	removing  = "removing"
)

// A heldError reports a request that is not sent because the object is paused.
type heldError struct {
	doing string
	key   childKey
}

func (e *heldError) Error() string { return "paused before " + e.doing + " " + e.key.String() }

// hold returns a heldError if the object is paused. Admission goes on, because it changes no children.
func (t *trackedObject) hold(doing string, key childKey) error {
	if !t.paused || doing == admitting {
		return nil
	}
	t.visit(key)
	return &heldError{doing, key}
}

// heldIn separates the heldErrors from all others.
func heldIn(all []error) (others []error, held []*heldError) {
	for _, one := range all {
		if found, ok := errors.AsType[*heldError](one); ok {
			held = append(held, found)
		} else {
			others = append(others, one)
		}
	}
	return others, held
}

// A pausedError names what is not applied because the object is paused.
type pausedError struct{ held []*heldError }

func (e *pausedError) Error() string {
	var applied, removed []string
	for _, one := range e.held {
		if one.doing == removing {
			removed = append(removed, one.key.String())
		} else {
			applied = append(applied, one.key.String())
		}
	}
	text := "spec.paused is true"
	if len(applied) > 0 {
		text += "; not applied: " + strings.Join(applied, ", ")
	}
	if len(removed) > 0 {
		text += "; not deleted: " + strings.Join(removed, ", ")
	}
	return text
}
