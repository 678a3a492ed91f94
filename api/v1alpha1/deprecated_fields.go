// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"bytes"
	"encoding/json"
)

// A DeprecatedField describes a flat field of a component, such as servicePort, and the nested
// field that replaces it, service.port. The operator reads the nested field. The flat field is
// preserved, so that tools that compare manifests with stored objects find no difference.
//
// +kubebuilder:object:generate=false
type DeprecatedField struct {
	// Path leads to the flat field, by JSON names: "spec.ollama.servicePort".
	Path string
	// Replacement leads to the nested field: "spec.ollama.service.port".
	Replacement string
	// Value has the value of the flat field, and Replaced that of the nested field; nil if unset.
	Value, Replaced any
}

// DeprecatedFields returns the deprecated fields of the spec's components, set or not, in the
// order of the spec.
func (s *OllamaDeploymentSpec) DeprecatedFields() []DeprecatedField {
	pairs := s.deprecatedPairs()
	out := make([]DeprecatedField, 0, len(pairs))
	for _, pair := range pairs {
		out = append(out, DeprecatedField{
			Path: pair.flatPath(), Replacement: "spec." + string(pair.component) + "." + pair.group + "." + pair.member,
			Value: pair.flat.get(), Replaced: pair.nested.get(),
		})
	}
	return out
}

// DropDeprecatedFields unsets the deprecated fields. Their values are lost unless Default has
// copied them.
func (s *OllamaDeploymentSpec) DropDeprecatedFields() {
	for _, pair := range s.deprecatedPairs() {
		pair.flat.set(nil)
	}
}

// copyDeprecated copies deprecated fields to their replacements if these are unset.
func (d *OllamaDeployment) copyDeprecated() {
	for _, pair := range d.Spec.deprecatedPairs() {
		if flat := pair.flat.get(); flat != nil && pair.nested.get() == nil {
			pair.nested.set(flat)
		}
	}
}

// reconcileDeprecated sets deprecated fields and their replacements to the same value after an
// update of the stored object old: the one that changed wins. If both changed, or one manifest
// sets both, they are left for validation to reject.
//
// If a deprecated field is removed, its replacement is removed as well if the client removes
// both.
func (d *OllamaDeployment) reconcileDeprecated(old *OllamaDeployment, serverSideApply bool) {
	stored := map[string]deprecatedPair{}
	for _, pair := range old.Spec.deprecatedPairs() {
		stored[pair.flatPath()] = pair
	}
	for _, pair := range d.Spec.deprecatedPairs() {
		var wasFlat, wasNested any
		if was, found := stored[pair.flatPath()]; found {
			wasFlat, wasNested = was.flat.get(), was.nested.get()
		}
		flat, nested := pair.flat.get(), pair.nested.get()
		switch flatChanged, nestedChanged := flat != wasFlat, nested != wasNested; {
		case flat == nil:
			if flatChanged && !nestedChanged && nested == wasFlat && d.removesBoth(pair, old, serverSideApply) {
				pair.nested.set(nil)
			}
		case nested == nil:
			pair.nested.set(flat)
		case flatChanged == nestedChanged || d.setsBoth(pair, old):
		case flatChanged:
			pair.nested.set(flat)
		default:
			pair.flat.set(nested)
		}
	}
}

// setsBoth reports whether one manifest sets both fields to their current values.
func (d *OllamaDeployment) setsBoth(pair deprecatedPair, old *OllamaDeployment) bool {
	m := d.manifest(old)
	return d.appliesBoth(pair.flatSegments(), pair.nestedPath()) ||
		equalJSON(m.lookUp(pair.flatSegments()...), pair.flat.get()) && equalJSON(m.lookUp(pair.nestedPath()...), pair.nested.get())
}

// equalJSON reports whether the JSON is the encoding of the value.
func equalJSON(member json.RawMessage, value any) bool {
	text, err := json.Marshal(value)
	return err == nil && bytes.Equal(member, text)
}

// removesBoth reports whether the client that removed the deprecated field intends to remove
// its replacement, too: the replacement is not in any manifest, and the request is conclusive,
// because it is a server-side apply, or a kubectl apply, which changes its annotation. Patches
// and edits are not: they only describe changes.
func (d *OllamaDeployment) removesBoth(pair deprecatedPair, old *OllamaDeployment, serverSideApply bool) bool {
	m := d.manifest(old)
	isConclusive := serverSideApply || len(m) > 0 && !bytes.Equal(m, old.manifest(old))
	return isConclusive && !d.isOwned(pair.nestedPath()) && !m.has(pair.nestedPath())
}

// A deprecatedPair is a deprecated field of a component and its replacement.
type deprecatedPair struct {
	component    ComponentName
	name         string
	group        string
	member       string
	flat, nested slot
}

func (p deprecatedPair) flatPath() string { return "spec." + string(p.component) + "." + p.name }

func (p deprecatedPair) flatSegments() []string { return []string{"spec", string(p.component), p.name} }

func (p deprecatedPair) nestedPath() []string {
	return []string{"spec", string(p.component), p.group, p.member}
}

// deprecatedPairs returns the pairs of all components that the spec has.
func (s *OllamaDeploymentSpec) deprecatedPairs() []deprecatedPair {
	all := s.Components()
	out := make([]deprecatedPair, 0, 4*len(all))
	for _, c := range all {
		out = append(out,
			deprecatedPair{c.Name, "serviceType", "service", "type", pointer(c.fields.serviceType), c.serviceType()},
			deprecatedPair{c.Name, "servicePort", "service", "port", pointer(c.fields.servicePort), c.servicePort()})
		if c.fields.ingress != nil {
			out = append(out,
				deprecatedPair{c.Name, "ingressEnabled", "ingress", "enabled", pointer(c.fields.ingressEnabled), c.ingressEnabled()},
				deprecatedPair{c.Name, "ingressHost", "ingress", "host", text(c.fields.ingressHost), c.ingressHost()})
		}
	}
	return out
}
