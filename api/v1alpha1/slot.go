// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// A slot reads and writes a field of any type. The value of an unset field is nil.
type slot struct {
	get func() any
	set func(any)
}

// pointer returns the slot of a field that is unset if it is nil.
func pointer[T any](field **T) slot {
	return slot{
		get: func() any {
			if *field == nil {
				return nil
			}
			return **field
		},
		set: func(value any) {
			*field = nil
			if v, ok := value.(T); ok {
				*field = new(v)
			}
		},
	}
}

// text returns the slot of a field that is unset if it is empty.
func text(field *string) slot {
	return slot{
		get: func() any {
			if *field == "" {
				return nil
			}
			return *field
		},
		set: func(value any) { *field, _ = value.(string) },
	}
}

// below returns the slot of a field of a struct, which set allocates if it is nil.
func below[T any](parent **T, member func(*T) slot) slot {
	return slot{
		get: func() any {
			if *parent == nil {
				return nil
			}
			return member(*parent).get()
		},
		set: func(value any) {
			setDefault(parent, *new(T))
			member(*parent).set(value)
		},
	}
}

// setDefault sets an unset field to a copy of the value.
func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = new(value)
	}
}
