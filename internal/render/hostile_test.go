// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// allowAll are the options with which admission refuses least.
var allowAll = validation.Options{AllowHostPath: true, AllowServiceAccounts: true, AllowPrivilegedPods: true}

// Each string of the objects that admission accepts is replaced by each payload: admission refuses it, or it is in what
// is rendered as that value and nowhere else.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	seen, accepted := map[string]int{}, map[string]bool{}
	for _, base := range acceptedObjects(t) {
		walk(reflect.ValueOf(&base.Spec).Elem(), "spec", false, func(path string, set func(string)) {
			if seen[path]++; seen[path] > 2 {
				return
			}
			for name, payload := range fixtures.Payloads() {
				set(payload)
				if checkHostile(t, base, path+" "+name, payload) {
					accepted[path] = true
				}
			}
		})
	}
	assert.Greater(t, len(seen), 180, "fields")
	assert.Greater(t, len(accepted), 40, "fields in which admission accepts a payload")
}

// The same for each string field of the type, whether an example has it or not, with some of the payloads.
func TestHostileFields(t *testing.T) {
	t.Parallel()
	base, payloads, fields := fixtures.Parse(t, variants["pods"]), fixtures.Payloads(), 0
	walk(reflect.ValueOf(&base.Spec).Elem(), "spec", true, func(path string, set func(string)) {
		fields++
		for _, name := range []string{"command substitution", "end of quotes", "line break", "TOML", "terminal escape", "NUL"} {
			set(payloads[name])
			checkHostile(t, base, path+" "+name, payloads[name])
		}
	})
	assert.Greater(t, fields, 900)
}

// acceptedObjects returns the samples, the variants and the cases of the rules that admission accepts.
func acceptedObjects(t *testing.T) []*v1alpha1.OllamaDeployment {
	t.Helper()
	var out []*v1alpha1.OllamaDeployment
	for _, name := range fixtures.Samples() {
		out = append(out, fixtures.Sample(t, name))
	}
	for _, text := range variants {
		out = append(out, fixtures.Parse(t, text))
	}
	for _, rule := range fixtures.Rules(t) {
		if len(rule.Errors) == 0 {
			out = append(out, fixtures.Parse(t, rule.Object("stack")))
		}
	}
	return out
}

// walk calls visit for each string at and below the value, with a function that replaces it. Afterwards it is as it was.
// If allocate is set, it also visits what is nil or empty.
func walk(v reflect.Value, path string, allocate bool, visit func(path string, set func(string))) {
	restored := func(f func()) {
		before := reflect.New(v.Type()).Elem()
		before.Set(v)
		f()
		v.Set(before)
	}
	switch v.Interface().(type) {
	case resource.Quantity, metav1.Time, metav1.Duration:
		return
	case intstr.IntOrString:
		restored(func() { visit(path, func(text string) { v.Set(reflect.ValueOf(intstr.FromString(text))) }) })
		return
	}
	switch v.Kind() {
	case reflect.String:
		restored(func() { visit(path, v.SetString) })
	case reflect.Pointer:
		restored(func() {
			if v.IsNil() && allocate {
				v.Set(reflect.New(v.Type().Elem()))
			}
			if !v.IsNil() {
				walk(v.Elem(), path, allocate, visit)
			}
		})
	case reflect.Slice:
		restored(func() {
			if v.Len() == 0 && allocate {
				v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			}
			for i := range v.Len() {
				walk(v.Index(i), path+"[]", allocate, visit)
			}
		})
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.IsExported() && len(f.Index) == 1 {
				walk(v.FieldByIndex(f.Index), path+"."+f.Name, allocate, visit)
			}
		}
	case reflect.Map:
		restored(func() { walkMap(v, path, allocate, visit) })
	}
}

// walkMap does so for the keys of a map, and its values if they are strings.
func walkMap(v reflect.Value, path string, allocate bool, visit func(path string, set func(string))) {
	if v.Len() == 0 && !allocate {
		return
	}
	value := reflect.Zero(v.Type().Elem())
	for _, key := range v.MapKeys() {
		value = v.MapIndex(key)
	}
	visit(path+"[key]", func(text string) {
		one := reflect.MakeMap(v.Type())
		one.SetMapIndex(reflect.ValueOf(text).Convert(v.Type().Key()), value)
		v.Set(one)
	})
	if value.Kind() == reflect.String {
		visit(path+"[value]", func(text string) {
			one := reflect.MakeMap(v.Type())
			one.SetMapIndex(reflect.ValueOf("example.com/a").Convert(v.Type().Key()), reflect.ValueOf(text).Convert(v.Type().Elem()))
			v.Set(one)
		})
	}
}

// checkHostile asserts that admission refuses the object, or that what is rendered of it has the payload as a value. It
// reports whether admission accepts it.
func checkHostile(t *testing.T, base *v1alpha1.OllamaDeployment, name, payload string) bool {
	t.Helper()
	data, err := json.Marshal(base)
	require.NoError(t, err, name)
	d, mistakes, err := validation.Decode(data)
	require.NoError(t, err, name)
	d.Name, d.Namespace = "stack", "team"
	d.Default()
	if _, errs := validation.ValidateCreate(d, mistakes, allowAll); len(errs)+len(validation.SchemaErrors(d, nil)) > 0 {
		return false
	}
	objects, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
	require.NoError(t, err, name)
	for _, object := range objects {
		checkValue(t, object, name+" in "+object.Kind.Kind+" "+object.Name, payload)
	}
	return true
}

// checkValue asserts that the payload is only in strings of the object that are that value, and in no script, command or
// file but as what it is there, and that the object is printed as it is.
func checkValue(t *testing.T, object render.Object, name, payload string) {
	t.Helper()
	data, err := json.Marshal(object.Config)
	require.NoError(t, err, name)
	quoted, err := json.Marshal(payload)
	require.NoError(t, err, name)
	if !bytes.Contains(data, bytes.Trim(quoted, `"`)) {
		return
	}
	var tree map[string]any
	require.NoError(t, json.Unmarshal(data, &tree))
	printed, err := terminal.JSONToYAML(data)
	require.NoError(t, err, name)
	assert.Equal(t, terminal.EscapeText(string(printed)), string(printed), name)
	var again map[string]any
	require.NoError(t, yaml.Unmarshal(printed, &again), name)
	assert.Equal(t, tree, again, name)
	eachString(tree, "", func(path, text string) {
		switch {
		case strings.HasSuffix(path, ".config.toml"):
			var file map[string]any
			require.NoError(t, toml.Unmarshal([]byte(text), &file), name)
			assert.Equal(t, []string{"model"}, slices.Collect(maps.Keys(file)), name)
		case strings.HasSuffix(path, ".sh") || strings.Contains(path, ".command[]") || strings.Contains(path, ".args[]"):
			assert.NotContains(t, text, payload, "%s at %s", name, path)
		case strings.Contains(text, payload):
			assert.True(t, text == payload || strings.HasPrefix(text, strings.Trim(payload, ", ")+",localhost,"), "%s at %s: %q", name, path, text)
		}
	})
}

// eachString calls visit for each string in decoded JSON.
func eachString(value any, path string, visit func(path, text string)) {
	switch value := value.(type) {
	case string:
		visit(path, value)
	case []any:
		for _, entry := range value {
			eachString(entry, path+"[]", visit)
		}
	case map[string]any:
		for name, below := range value {
			eachString(below, path+"."+name, visit)
		}
	}
}
