// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package migrate replaces deprecated fields and the deprecated kind in manifests. It edits
// the text in place, so that comments, order and layout are preserved.
package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// File returns the contents of the file without deprecated fields. It fails, and names every
// object concerned, if an object cannot be decoded, if a deprecated field and its replacement
// differ, or if the text cannot be edited without changing its meaning.
func File(file manifest.File) ([]byte, error) {
	objects, parseErrs := manifest.Parse(file)
	var errs []error
	for _, err := range parseErrs {
		errs = append(errs, err)
	}
	var edits []edit.Edit
	for _, o := range objects {
		if !check.IsOllamaDeployment(o) {
			continue
		}
		found, err := editsOf(o)
		if err != nil {
			errs = append(errs, objectError(o, err))
		}
		edits = append(edits, found...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	out := edit.Apply(file.Data, edits)
	if bytes.Count(out, []byte("#")) != bytes.Count(file.Data, []byte("#")) {
		return nil, fmt.Errorf("%s: %w", file.Name, errNotInPlace) // the edits would lose a comment
	}
	return out, verify(objects, manifest.File{Name: file.Name, Data: out})
}

// objectError adds the position and name of the object to the error.
func objectError(o manifest.Object, err error) error {
	at := o.PositionOf("kind")
	return fmt.Errorf("%s:%d:%d: %s: %w", o.File, at.Line, at.Column, check.DisplayName(o), err)
}

// editsOf returns the edits that migrate the object.
func editsOf(o manifest.Object) ([]edit.Edit, error) {
	d, err := decode(o)
	if err != nil {
		return nil, err
	}
	s := source{edit.NewSource(o)}
	var edits []edit.Edit
	if o.Kind == v1alpha1.KindAlias {
		edits = append(edits, s.Rename(valueOf(o.Node(), "kind"), v1alpha1.KindAlias, v1alpha1.Kind))
	}
	d.Default()
	all := d.Spec.DeprecatedFields()
	for _, deprecated := range all {
		if deprecated.Value != nil && deprecated.Value != deprecated.Replaced {
			return nil, fmt.Errorf("%s is %#v but %s is %#v; remove one of them", deprecated.Path, deprecated.Value, deprecated.Replacement, deprecated.Replaced)
		}
	}
	for _, component := range v1alpha1.ComponentNames() {
		node := valueOf(valueOf(o.Node(), "spec"), string(component))
		for _, group := range []string{"service", "ingress"} {
			edits = append(edits, s.nest(node, group, deprecatedFields(all, component, group))...)
		}
	}
	return edits, nil
}

// deprecatedFields returns the deprecated fields of a component that are set and belong into
// the group, mapped to their names in the group.
func deprecatedFields(all []v1alpha1.DeprecatedField, component v1alpha1.ComponentName, group string) map[string]string {
	names := map[string]string{}
	prefix := "spec." + string(component) + "."
	for _, deprecated := range all {
		name, inComponent := strings.CutPrefix(deprecated.Path, prefix)
		member, inGroup := strings.CutPrefix(deprecated.Replacement, prefix+group+".")
		if inComponent && inGroup && deprecated.Value != nil {
			names[name] = member
		}
	}
	return names
}

func decode(o manifest.Object) (*v1alpha1.OllamaDeployment, error) {
	d := &v1alpha1.OllamaDeployment{}
	if err := yaml.Unmarshal(o.JSON, d); err != nil {
		return nil, fmt.Errorf("cannot be decoded: %w", err)
	}
	return d, nil
}

// verify fails unless the migrated file has equivalent objects without deprecated fields.
func verify(before []manifest.Object, file manifest.File) error {
	after, parseErrs := manifest.Parse(file)
	if len(parseErrs) > 0 || len(after) != len(before) {
		return fmt.Errorf("%s: %w", file.Name, errNotInPlace)
	}
	var errs []error
	for i, o := range before {
		if !check.IsOllamaDeployment(o) {
			if !bytes.Equal(o.JSON, after[i].JSON) {
				errs = append(errs, objectError(o, errNotInPlace))
			}
			continue
		}
		old, err := decode(o)
		migrated, errAfter := decode(after[i])
		if err != nil || errAfter != nil || after[i].Kind != v1alpha1.Kind || !equivalent(old, migrated) {
			errs = append(errs, objectError(o, errNotInPlace))
		}
	}
	return errors.Join(errs...)
}

// errNotInPlace rejects YAML that cannot be edited in place, such as some aliases,
// merged mappings and multi-line values.
var errNotInPlace = errors.New("cannot be rewritten in place; replace the deprecated fields by hand")

// equivalent reports whether the objects are the same after defaulting, and the migrated one
// has no deprecated fields. It modifies both.
func equivalent(old, migrated *v1alpha1.OllamaDeployment) bool {
	if slices.ContainsFunc(migrated.Spec.DeprecatedFields(), func(o v1alpha1.DeprecatedField) bool { return o.Value != nil }) {
		return false
	}
	old.Default()
	migrated.Default()
	old.Spec.DropDeprecatedFields()
	return equality.Semantic.DeepEqual(old.ObjectMeta, migrated.ObjectMeta) && equality.Semantic.DeepEqual(old.Spec, migrated.Spec)
}
