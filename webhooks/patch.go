// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	jsonpatch "gomodules.xyz/jsonpatch/v2"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// patchOf returns the operations of a JSON patch that makes the spec before, as it is in the request, the spec after.
// Values that are equal are not in it, however the request writes them.
//
// Comparing Go values takes a fraction of the time of encoding both, decoding them again and comparing documents.
func patchOf(before, after *v1alpha1.OllamaDeploymentSpec) []jsonpatch.Operation {
	p := patch{path: []string{"spec"}}
	p.compare(reflect.ValueOf(before), reflect.ValueOf(after))
	return p.operations
}

// A patch collects the operations for two values. The path leads to those that are being compared.
type patch struct {
	operations []jsonpatch.Operation
	path       []string
}

func (p *patch) note(operation string, value any) {
	var pointer strings.Builder
	for _, name := range p.path {
		pointer.WriteString("/" + pointerEscapes.Replace(name))
	}
	p.operations = append(p.operations, jsonpatch.NewOperation(operation, pointer.String(), value))
}

// pointerEscapes escapes a name in a JSON pointer.
//
// Source: RFC 6901, section 3.
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// compare compares two values of the same type. Objects are compared member by member; others, lists too, are replaced
// as a whole.
func (p *patch) compare(before, after reflect.Value) {
	if before.Kind() == reflect.Pointer && !before.IsNil() && !after.IsNil() {
		before, after = before.Elem(), after.Elem()
	}
	switch members := membersOf(before.Type()); {
	case members != nil:
		p.members(before, after, members)
	case before.Kind() == reflect.Map:
		p.entries(before, after)
	case !equality.Semantic.DeepEqual(before.Interface(), after.Interface()):
		p.note("replace", after.Interface())
	}
}

func (p *patch) members(before, after reflect.Value, members []member) {
	for _, m := range members {
		was, is := before.Field(m.index), after.Field(m.index)
		if m.name == "" {
			p.compare(was, is)
			continue
		}
		p.path = append(p.path, m.name)
		switch had, has := !m.isAbsent(was), !m.isAbsent(is); {
		case had && has:
			p.compare(was, is)
		case has:
			p.note("add", is.Interface())
		case had:
			p.note("remove", nil)
		}
		p.path = p.path[:len(p.path)-1]
	}
}

// entries compares maps with text as keys.
func (p *patch) entries(before, after reflect.Value) {
	keys := map[string]reflect.Value{}
	for _, key := range slices.Concat(before.MapKeys(), after.MapKeys()) {
		keys[key.String()] = key
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		p.path = append(p.path, name)
		switch was, is := before.MapIndex(keys[name]), after.MapIndex(keys[name]); {
		case !was.IsValid():
			p.note("add", is.Interface())
		case !is.IsValid():
			p.note("remove", nil)
		case !equality.Semantic.DeepEqual(was.Interface(), is.Interface()):
			p.note("replace", is.Interface())
		}
		p.path = p.path[:len(p.path)-1]
	}
}

// A member is a field of a struct that is encoded as a member of an object.
type member struct {
	index int
	// name is "" for an embedded struct, whose members are those of the object.
	name string
	// isAbsent reports whether a value of the field is left out.
	isAbsent func(reflect.Value) bool
}

// knownMembers maps the types of the API to their members.
var knownMembers sync.Map

// membersOf returns the members of the objects that values of the type are encoded as, nil if they are no objects of
// that kind.
func membersOf(typ reflect.Type) []member {
	if found, ok := knownMembers.Load(typ); ok {
		return found.([]member)
	}
	var out []member
	if typ.Kind() == reflect.Struct && !reflect.PointerTo(typ).Implements(reflect.TypeFor[json.Marshaler]()) {
		for i := range typ.NumField() {
			out = append(out, memberOf(i, typ.Field(i).Tag.Get("json")))
		}
	}
	knownMembers.Store(typ, out)
	return out
}

func memberOf(index int, tag string) member {
	name, options, _ := strings.Cut(tag, ",")
	switch {
	case strings.Contains(options, "omitzero"):
		return member{index, name, reflect.Value.IsZero}
	case strings.Contains(options, "omitempty"):
		return member{index, name, isEmpty}
	default:
		return member{index, name, func(reflect.Value) bool { return false }}
	}
}

// isEmpty reports whether omitempty leaves the value out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}
