// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"bytes"
	"encoding/json"
	"strings"
)

// An DeprecatedField is a flat field of a component, such as servicePort, and the nested
// field that it stands for, service.port. The flat one stays in the object as it was
// given, so that tools which compare find no difference; what counts is the nested one.
//
// +kubebuilder:object:generate=false
type DeprecatedField struct {
	// Path leads to the flat field, by JSON names: "spec.ollama.servicePort".
	Path string
	// Replacement leads to the nested field: "spec.ollama.service.port".
	Replacement string
	// Value is what the flat field says, nil if it is unset.
	Value any
	// Replaced is what the nested field says, nil if it is unset.
	Replaced any
}

// DeprecatedFields returns the flat fields of the spec's components, set or not, in the
// spec's order.
func (s *OllamaDeploymentSpec) DeprecatedFields() []DeprecatedField {
	pairs := s.deprecatedPairs()
	out := make([]DeprecatedField, 0, len(pairs))
	for _, pair := range pairs {
		out = append(out, DeprecatedField{
			Path: pair.flatPath(), Replacement: strings.Join(pair.nestedPath(), "."),
			Value: pair.flat.get(), Replaced: pair.nested.get(),
		})
	}
	return out
}

// DropDeprecatedFields removes the flat fields. What they said has to be copied.
func (s *OllamaDeploymentSpec) DropDeprecatedFields() {
	for _, pair := range s.deprecatedPairs() {
		pair.flat.set(nil)
	}
}

// copyDeprecated copies deprecated fields to their replacements, where these are unset.
func (d *OllamaDeployment) copyDeprecated() {
	for _, pair := range d.Spec.deprecatedPairs() {
		if flat := pair.flat.get(); flat != nil && pair.nested.get() == nil {
			pair.nested.set(flat)
		}
	}
}

// reconcileDeprecated makes deprecated fields and their replacements say the same after
// an update of the stored object old: the one that changed wins. Where both changed, or
// one manifest says both, they are left for the rules to refuse.
//
// A deprecated field that is removed takes along what it had set, if the client shows
// that it does not want the replacement either.
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
			if flatChanged && !nestedChanged && nested == wasFlat && d.wantsNeither(pair, old, serverSideApply) {
				pair.nested.set(nil)
			}
		case nested == nil:
			pair.nested.set(flat)
		case flatChanged == nestedChanged || d.saysBoth(pair, old):
		case flatChanged:
			pair.nested.set(flat)
		default:
			pair.flat.set(nested)
		}
	}
}

// saysBoth reports whether one manifest has the current values of both fields.
func (d *OllamaDeployment) saysBoth(pair deprecatedPair, old *OllamaDeployment) bool {
	m := d.manifest(old)
	return d.applied(pair.flatSegments(), pair.nestedPath()) ||
		says(m.lookUp(pair.flatSegments()...), pair.flat.get()) && says(m.lookUp(pair.nestedPath()...), pair.nested.get())
}

func says(member json.RawMessage, value any) bool {
	text, err := json.Marshal(value)
	return err == nil && bytes.Equal(member, text)
}

// wantsNeither reports whether the client that removed the deprecated field shows that
// it does not want its replacement: it is in nobody's manifest, and the request tells,
// because it is a server-side apply, or a kubectl apply, which changes its annotation. A
// patch or an edit tells nothing of what is stored already.
func (d *OllamaDeployment) wantsNeither(pair deprecatedPair, old *OllamaDeployment, serverSideApply bool) bool {
	m := d.manifest(old)
	tells := serverSideApply || len(m) > 0 && !bytes.Equal(m, old.manifest(old))
	return tells && !d.claimed(pair.nestedPath()) && !m.has(pair.nestedPath())
}

// A deprecatedPair is a deprecated field of a component and its replacement.
type deprecatedPair struct {
	component    ComponentName
	name         string
	group        string
	member       string
	flat, nested slot
}

func (p deprecatedPair) flatPath() string { return strings.Join(p.flatSegments(), ".") }

func (p deprecatedPair) flatSegments() []string { return []string{"spec", string(p.component), p.name} }

func (p deprecatedPair) nestedPath() []string {
	return []string{"spec", string(p.component), p.group, p.member}
}

// deprecatedPairs returns the pairs of all components that the spec has.
func (s *OllamaDeploymentSpec) deprecatedPairs() []deprecatedPair {
	var out []deprecatedPair
	for _, c := range s.Components() {
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
