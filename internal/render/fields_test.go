// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A field is a field of one of our own types. Components share types, and so a field that several of them have
// is one field.
type field struct {
	owner reflect.Type
	name  string
}

func (f field) String() string { return f.owner.Name() + "." + f.name }

// fieldsOf returns the fields of a struct by their JSON names, those of embedded structs included.
func fieldsOf(owner reflect.Type) map[field]reflect.Type {
	out := map[field]reflect.Type{}
	for _, f := range reflect.VisibleFields(owner) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		out[field{declaring(owner, f), name}] = f.Type
	}
	return out
}

// components are the types of the components, which have many fields in common.
var components = []reflect.Type{reflect.TypeFor[v1alpha1.OllamaSpec](), reflect.TypeFor[v1alpha1.OpenWebUISpec](), reflect.TypeFor[v1alpha1.TabbySpec]()}

// declaring returns the first component that has the field, and the owner itself for other types.
func declaring(owner reflect.Type, f reflect.StructField) reflect.Type {
	if !slices.Contains(components, owner) {
		return owner
	}
	first := slices.IndexFunc(components, func(c reflect.Type) bool {
		same, found := c.FieldByName(f.Name)
		return found && same.Type == f.Type
	})
	return components[first]
}

// elem returns the type below pointers and slices, and whether it is one of our structs.
func elem(t reflect.Type) (reflect.Type, bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[v1alpha1.OllamaDeploymentSpec]().PkgPath()
}

// allFields adds all fields below a type.
func allFields(owner reflect.Type, into map[field]reflect.Type) {
	for f, t := range fieldsOf(owner) {
		if _, seen := into[f]; seen {
			continue
		}
		into[f] = t
		if below, ours := elem(t); ours {
			allFields(below, into)
		}
	}
}

// setFields adds the fields that a value in YAML sets.
func setFields(value any, owner reflect.Type, into map[field]bool) {
	if list, ok := value.([]any); ok {
		for _, entry := range list {
			setFields(entry, owner, into)
		}
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	for f, t := range fieldsOf(owner) {
		if below, found := object[f.name]; found {
			into[f] = true
			if next, ours := elem(t); ours {
				setFields(below, next, into)
			}
		}
	}
}

var indexes = regexp.MustCompile(`\[[^\]]*\]`)

// refusedFields adds the fields on the path of an error.
func refusedFields(err string, owner reflect.Type, into map[field]bool) {
	path, _, _ := strings.Cut(err, ": ")
	names := strings.Split(indexes.ReplaceAllString(path, ""), ".")[1:]
	for _, name := range names {
		next := owner
		for f, t := range fieldsOf(owner) {
			if below, ours := elem(t); f.name == name {
				into[f] = true
				if ours {
					next = below
				}
			}
		}
		if next == owner {
			return
		}
		owner = next
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// documented returns the objects in YAML in the README, the docs and the samples.
func documented(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../../config/samples/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			if filepath.Ext(file) == ".yaml" {
				out = append(out, string(data))
			}
			for _, block := range yamlBlock.FindAllStringSubmatch(string(data), -1) {
				out = append(out, strings.Split(block[1], "\n---\n")...)
			}
		}
	}
	return out
}

// Each field of ours has an accepted case and a refused one in rules.yaml, a golden file and an example in the
// docs. A switch has no value that is refused but one of another type.
func TestEveryFieldIsShown(t *testing.T) {
	t.Parallel()
	spec := reflect.TypeFor[v1alpha1.OllamaDeploymentSpec]()
	all := map[field]reflect.Type{}
	allFields(spec, all)
	add := func(text string, into map[field]bool) {
		var object struct{ Spec any }
		if yaml.Unmarshal([]byte(text), &object) == nil {
			setFields(object.Spec, spec, into)
		}
	}

	accepted, refused, rendered, shown := map[field]bool{}, map[field]bool{}, map[field]bool{}, map[field]bool{}
	for _, rule := range fixtures.Rules(t) {
		if len(rule.Errors) == 0 {
			add(rule.Object("a"), accepted)
		}
		for _, err := range rule.Errors {
			refusedFields(err, spec, refused)
		}
	}
	for _, name := range fixtures.Samples() {
		data, err := os.ReadFile(fixtures.SamplePath(name))
		require.NoError(t, err)
		add(string(data), rendered)
	}
	for _, text := range variants {
		add(text, rendered)
	}
	for _, text := range documented(t) {
		add(text, shown)
	}

	for _, f := range slices.SortedFunc(maps.Keys(all), func(a, b field) int { return strings.Compare(a.String(), b.String()) }) {
		assert.True(t, accepted[f], "%s has no accepted case in rules.yaml", f)
		assert.True(t, refused[f] || isSwitch(all[f]), "%s has no refused case in rules.yaml", f)
		assert.True(t, rendered[f], "%s has no golden file", f)
		assert.True(t, shown[f], "%s has no example in the docs", f)
	}
}

func isSwitch(t reflect.Type) bool {
	t, _ = elem(t)
	return t.Kind() == reflect.Bool
}
