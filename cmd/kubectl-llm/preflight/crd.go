// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/crdify/pkg/config"
	"sigs.k8s.io/crdify/pkg/runner"
	"sigs.k8s.io/crdify/pkg/validations"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/config/crd"
)

// A CRD is what the change of an installed CustomResourceDefinition does.
type CRD struct {
	Name string `json:"name"`
	// Installed reports whether the cluster has it.
	Installed bool `json:"installed"`
	// Served are the versions that the new one serves, and Stored those in which the cluster has objects.
	Served []string `json:"served"`
	Stored []string `json:"stored,omitempty"`
	// Unsafe are changes for which objects or requests that the installed one accepts are refused or lose fields.
	Unsafe []Finding `json:"unsafe,omitempty"`
	// Notes are other changes of the schema that old clients may notice, such as new defaults.
	Notes []Finding `json:"notes,omitempty"`
}

// CRDNames are the names of this version's CRDs.
var CRDNames = []string{
	"ollamadeployments." + v1alpha1.GroupVersion.Group,
	"deployments." + v1alpha1.GroupVersion.Group,
}

// CompareCRD returns what replacing the installed CRD of that name by this version's does; installed is nil if the
// cluster has none. It fails only if the embedded CRD cannot be read.
func CompareCRD(name string, installed *apiextensionsv1.CustomResourceDefinition) (CRD, error) {
	next := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal(crd.OllamaDeployments, next); err != nil { // both have the same schema
		return CRD{}, fmt.Errorf("reading the CRD: %w", err)
	}
	return compare(name, installed, next)
}

func compare(name string, installed, next *apiextensionsv1.CustomResourceDefinition) (CRD, error) {
	out := CRD{Name: name, Installed: installed != nil}
	for i := range next.Spec.Versions {
		if next.Spec.Versions[i].Served {
			out.Served = append(out.Served, next.Spec.Versions[i].Name)
		}
	}
	if installed == nil {
		return out, nil
	}
	out.Stored = installed.Status.StoredVersions
	out.addRemovedVersions(installed)
	r, err := runner.New(enforcement, runner.DefaultRegistry())
	if err != nil {
		return CRD{}, fmt.Errorf("comparing the CRD: %w", err)
	}
	results := r.Run(installed, next)
	out.add("", results.CRDValidation)
	for _, versions := range []map[string]map[string][]validations.ComparisonResult{results.SameVersionValidation, results.ServedVersionValidation} {
		for _, version := range slices.Sorted(maps.Keys(versions)) {
			for _, property := range slices.Sorted(maps.Keys(versions[version])) {
				out.add(pathOf(version+"."+property), versions[version][property])
			}
		}
	}
	return out, nil
}

// enforcement says which changes are unsafe. New values of an enumeration and new defaults are additions, texts do
// not matter, and of other changes, such as patterns, the validation of the stored objects tells the effect.
var enforcement = &config.Config{
	Validations: []config.ValidationConfig{
		{Name: "enum", Enforcement: config.EnforcementPolicyError, Configuration: map[string]any{"additionPolicy": "Allow"}},
		{Name: "default", Enforcement: config.EnforcementPolicyWarn},
		{Name: "description", Enforcement: config.EnforcementPolicyNone},
	},
	UnhandledEnforcement: config.EnforcementPolicyWarn,
}

// unhandled is the name of crdify's result for other changes, whose text is a difference of Go values.
const unhandled = "unhandled"

func (c *CRD) add(path string, results []validations.ComparisonResult) {
	if c.isRemoved(path) {
		return
	}
	slices.SortFunc(results, func(a, b validations.ComparisonResult) int { return strings.Compare(a.Name, b.Name) })
	for _, result := range results {
		slices.Sort(result.Errors)
		for _, text := range result.Errors {
			if f := finding(path, text); !c.isRemoved(f.Path) {
				c.Unsafe = append(c.Unsafe, f)
			}
		}
		for _, text := range result.Warnings {
			if result.Name == unhandled {
				text = "other rules of the schema change; the stored objects are validated by them"
			}
			c.Notes = append(c.Notes, finding(path, text))
		}
	}
}

// addRemovedVersions adds the versions that are served and no longer will be.
func (c *CRD) addRemovedVersions(installed *apiextensionsv1.CustomResourceDefinition) {
	for i := range installed.Spec.Versions {
		if version := &installed.Spec.Versions[i]; version.Served && !slices.Contains(c.Served, version.Name) {
			c.Unsafe = append(c.Unsafe, Finding{version.Name, "is no longer served"})
		}
	}
}

// removed begins crdify's text about a field that the new schema does not have, before its path.
const removed = "removed field"

// finding returns crdify's text with its path, or the one that the text names.
func finding(path, text string) Finding {
	if field, found := strings.CutPrefix(text, removed+" : "); found {
		return Finding{pathOf(field), removed}
	}
	return Finding{path, strings.Replace(text, " : ", ": ", 1)}
}

// pathOf returns crdify's path, such as v1.^.spec, without the sign of the root.
func pathOf(path string) string {
	return strings.Replace(strings.TrimSuffix(path, ".^"), ".^.", ".", 1)
}

// isRemoved reports whether the field or one that contains it is removed, so that what else changes of it says
// nothing more.
func (c *CRD) isRemoved(path string) bool {
	return slices.ContainsFunc(c.Unsafe, func(f Finding) bool {
		return f.Message == removed && (path == f.Path || strings.HasPrefix(path, f.Path+".") || strings.HasPrefix(path, f.Path+"["))
	})
}
