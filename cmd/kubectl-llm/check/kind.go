// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// IsOllamaDeployment reports whether the object is an OllamaDeployment, or one under the
// deprecated kind, Deployment.
func IsOllamaDeployment(o manifest.Object) bool {
	return o.APIVersion == v1alpha1.GroupVersion.String() && isOllamaDeploymentKind(o.Kind)
}

func isOllamaDeploymentKind(kind string) bool {
	return kind == v1alpha1.Kind || kind == v1alpha1.KindAlias
}

// misspelledKind returns a finding if the object was probably meant to be an
// OllamaDeployment: it has the API group with an unknown kind or version, or the kind with
// a similar group. It returns nil for objects of other kinds.
func misspelledKind(o manifest.Object) *Finding {
	group := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind).Group
	want := v1alpha1.GroupVersion
	switch {
	case group == want.Group && o.APIVersion != want.String():
		return unsupported(o, "apiVersion", o.APIVersion, want.String())
	case group == want.Group:
		return unsupported(o, "kind", o.Kind, v1alpha1.Kind)
	case o.Kind == v1alpha1.Kind && group == "", isOllamaDeploymentKind(o.Kind) && validation.Nearest(group, []string{want.Group}) != "":
		return unsupported(o, "apiVersion", o.APIVersion, want.String())
	case o.HasDuplicate("kind", v1alpha1.Kind), o.HasDuplicate("apiVersion", want.String()):
		finding := newKindFinding(o, "kind", fmt.Sprintf("duplicate kind or apiVersion: this OllamaDeployment is also a %s; only the last value is used", o.Kind))
		finding.Rule, finding.Path = RuleDuplicateKey, ""
		return finding
	default:
		return nil
	}
}

// unsupported returns the finding that the field at the top has the value instead of the one that is meant.
func unsupported(o manifest.Object, path, value, meant string) *Finding {
	finding := newKindFinding(o, path, fmt.Sprintf("Unsupported value: %q: did you mean %q?", value, meant))
	finding.Edits = []validation.Edit{{Op: validation.Replace, Path: path, Value: meant}}
	if _, found := o.Field(path); !found {
		beside := map[string]string{"apiVersion": "kind", "kind": "apiVersion"}[path]
		finding.Edits = []validation.Edit{{Op: validation.Add, Path: beside, Key: path, Value: meant}}
	}
	return finding
}

func newKindFinding(o manifest.Object, path, message string) *Finding {
	finding := NewFinding(o, Error, RuleUnknownKind, path, message)
	return &finding
}
