// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"
	"strings"
)

// LacksDefaults returns a CEL expression that holds if the variable "object" lacks a default that
// the mutating webhook adds. Defaults of the CRD schema are left out, because the API server sets
// them in every object that it reads.
func LacksDefaults() string {
	full := &OllamaDeploymentSpec{OpenWebUI: &OpenWebUISpec{}, Tabby: &TabbySpec{}}
	var terms []string
	for _, c := range full.Components() {
		lacks := full.lackedBy(c)
		if c.fields.enabled == nil {
			terms = append(terms, lacks...)
			continue
		}
		terms = append(terms, "has(object.spec."+string(c.Name)+") && (\n  "+strings.Join(lacks, " ||\n  ")+")")
	}
	return strings.Join(terms, " ||\n")
}

// lackedBy returns the terms for the defaults of one component.
func (s *OllamaDeploymentSpec) lackedBy(c Component) []string {
	var terms []string
	add := func(term string) {
		if !slices.Contains(terms, term) {
			terms = append(terms, term)
		}
	}
	defaulted := map[string]bool{}
	for _, row := range s.staticDefaults() {
		defaulted[strings.Join(row.path, ".")] = true
		if row.path[1] == string(c.Name) && !row.inSchema {
			for depth := 3; depth <= len(row.path); depth++ {
				add(lacks(row.path[:depth]))
			}
		}
	}
	for _, pair := range s.deprecatedPairs() {
		if pair.component == c.Name && !defaulted[strings.Join(pair.nestedPath(), ".")] {
			add("has(object." + pair.flatPath() + ") && " + lacks(pair.nestedPath()))
		}
	}
	for _, row := range derivations {
		switch {
		case row.path[1] != string(c.Name):
		case row.lacks != "":
			add(row.lacks)
		default:
			add(lacks(row.path))
		}
	}
	return terms
}

func lacks(path []string) string { return "!has(object." + strings.Join(path, ".") + ")" }
