// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package olm

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// shownAs says how consoles show fields of the status.
var shownAs = map[string]string{
	"conditions": "urn:alm:descriptor:io.kubernetes.conditions",
	"phase":      "urn:alm:descriptor:io.kubernetes.phase",
	"url":        "urn:alm:descriptor:org.w3:link",
}

// ownedCRDs returns the descriptions of the served versions of the CustomResourceDefinitions.
func ownedCRDs(objects []unstructured.Unstructured) []any {
	var owned []any
	for _, object := range objects {
		if object.GetKind() != "CustomResourceDefinition" {
			continue
		}
		kind, _, _ := unstructured.NestedString(object.Object, "spec", "names", "kind")
		versions, _, _ := unstructured.NestedSlice(object.Object, "spec", "versions")
		for _, version := range versions {
			version, _ := version.(map[string]any)
			schema := []string{"schema", "openAPIV3Schema"}
			description, _, _ := unstructured.NestedString(version, append(schema, "description")...)
			owned = append(owned, map[string]any{
				"name": object.GetName(), "version": version["name"], "kind": kind, "displayName": kind,
				"description":       oneLine(description),
				"specDescriptors":   descriptors(version, "spec", nil),
				"statusDescriptors": descriptors(version, "status", shownAs),
			})
		}
	}
	return owned
}

// descriptors describes the fields of the spec or of the status of a version, by name.
func descriptors(version map[string]any, part string, shownAs map[string]string) []any {
	fields, _, _ := unstructured.NestedMap(version, "schema", "openAPIV3Schema", "properties", part, "properties")
	out := make([]any, 0, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field, _ := fields[name].(map[string]any)
		text, _ := field["description"].(string)
		descriptor := map[string]any{"path": name, "displayName": words(name), "description": oneLine(text)}
		if how, found := shownAs[name]; found {
			descriptor["x-descriptors"] = []any{how}
		}
		out = append(out, descriptor)
	}
	return out
}

// proper are the names of fields that camel case does not tell.
var proper = map[string]string{"openwebui": "Open WebUI", "openwebuiStatus": "Open WebUI Status", "url": "URL"}

// words returns the words of a name in camel case, the first with an upper-case letter: "Ollama Status" of
// ollamaStatus.
func words(name string) string {
	if known, found := proper[name]; found {
		return known
	}
	var out strings.Builder
	for i, letter := range name {
		switch {
		case i == 0:
			out.WriteString(strings.ToUpper(string(letter)))
			continue
		case letter >= 'A' && letter <= 'Z':
			out.WriteByte(' ')
		}
		out.WriteRune(letter)
	}
	return out.String()
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
