// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxTypeErrors limits the number of type errors per object.
const maxTypeErrors = 100

// repairs walks decoded JSON and the corresponding Go type, and collects type errors.
type repairs struct {
	errs field.ErrorList
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// unmarshalNumbers decodes JSON without converting numbers.
func unmarshalNumbers(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// value returns a value that can be decoded into the type, nil if there is none.
func (r *repairs) value(v any, t reflect.Type, path *field.Path) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case v == nil:
		return nil
	case t == typeOf[resource.Quantity]():
		return r.quantity(v, path)
	case t == typeOf[intstr.IntOrString]():
		return r.numberOrText(v, path)
	case reflect.PointerTo(t).Implements(typeOf[json.Unmarshaler]()):
		return r.unmarshaled(v, t, path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return r.object(v, path, func(m map[string]any) { r.fields(m, t, path) })
	case reflect.Map:
		return r.object(v, path, func(m map[string]any) { r.entries(m, t, path) })
	case reflect.Slice:
		return r.list(v, t, path)
	case reflect.String:
		return r.text(v, path)
	case reflect.Bool:
		return r.boolean(v, path)
	case reflect.Int, reflect.Int32, reflect.Int64:
		return r.integer(v, t.Bits(), path)
	default:
		return r.unmarshaled(v, t, path)
	}
}

func (r *repairs) object(v any, path *field.Path, below func(map[string]any)) any {
	m, ok := v.(map[string]any)
	if !ok {
		return r.wrong(path, v, "must be an object with fields, not "+kindOf(v))
	}
	below(m)
	return m
}

// fields repairs the fields of a struct in their order. Unknown fields are preserved.
func (r *repairs) fields(m map[string]any, t reflect.Type, path *field.Path) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			r.fields(m, f.Type, path)
			continue
		}
		if v, found := m[name]; found && v != nil {
			setOrDelete(m, name, r.value(v, f.Type, path.Child(name)))
		}
	}
}

func (r *repairs) entries(m map[string]any, t reflect.Type, path *field.Path) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if m[key] != nil {
			setOrDelete(m, key, r.value(m[key], t.Elem(), path.Key(key)))
		}
	}
}

// setOrDelete sets the value of the key, or deletes the key if the value is nil.
func setOrDelete(m map[string]any, name string, v any) {
	if v == nil {
		delete(m, name)
		return
	}
	m[name] = v
}

// list repairs the entries of a list. Invalid entries become nil, so that the indices of the others
// do not change. A single value becomes a list.
func (r *repairs) list(v any, t reflect.Type, path *field.Path) any {
	if t.Elem().Kind() == reflect.Uint8 {
		return r.unmarshaled(v, t, path)
	}
	entries, ok := v.([]any)
	if !ok {
		var alone repairs
		entry := alone.value(v, t.Elem(), path)
		if entry == nil || len(alone.errs) > 0 {
			return r.wrong(path, v, "must be a list, not "+kindOf(v))
		}
		r.wrong(path, v, "must be a list, not "+kindOf(v)+sayInList.say())
		return []any{entry}
	}
	for i, entry := range entries {
		if entry == nil {
			r.note(field.TypeInvalid(path.Index(i), nil, "must not be null"))
		}
		entries[i] = r.value(entry, t.Elem(), path.Index(i))
		if len(r.errs) >= maxTypeErrors {
			return entries[:i+1]
		}
	}
	return entries
}

// unmarshaled returns the value if the type can be decoded from it.
func (r *repairs) unmarshaled(v any, t reflect.Type, path *field.Path) any {
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, reflect.New(t).Interface())
	}
	if err != nil {
		return r.wrong(path, v, "cannot be decoded: "+err.Error())
	}
	return v
}

// wrong adds a type error without the contents of objects and lists, and returns nil.
func (r *repairs) wrong(path *field.Path, v any, detail string) any {
	switch of := v.(type) {
	case json.Number:
		v = json.Number(cut(of.String()))
	case map[string]any: // may be long, or contain a secret
		v = "object"
	case []any:
		v = "array"
	}
	r.note(field.TypeInvalid(path, v, detail))
	return nil
}

func (r *repairs) note(err *field.Error) {
	if len(r.errs) < maxTypeErrors {
		r.errs = append(r.errs, err)
	}
}
