// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command descriptions shortens the descriptions of Kubernetes' own types in files of
// CustomResourceDefinitions to their first sentence, and removes those of deeply nested fields,
// so that "kubectl apply" can keep each definition in an annotation. The descriptions of our
// fields stay.
package main

import (
	"fmt"
	"log"
	"os"
	"reflect"

	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// kinds maps a kind to its type.
var kinds = map[string]reflect.Type{
	"OllamaDeployment": reflect.TypeFor[v1alpha1.OllamaDeployment](),
	"Deployment":       reflect.TypeFor[v1alpha1.Deployment](),
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: descriptions FILE ...")
	}
	for _, name := range os.Args[1:] {
		if err := run(name); err != nil {
			log.Fatal(err)
		}
	}
}

func run(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var crd map[string]any
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return err
	}
	if err := shorten(crd); err != nil {
		return err
	}
	shortened, err := yaml.Marshal(crd)
	if err != nil {
		return err
	}
	return os.WriteFile(name, append([]byte("---\n"), shortened...), 0o600)
}

// shorten shortens the descriptions of Kubernetes' types in all versions of the definition.
func shorten(crd map[string]any) error {
	spec := object(crd, "spec")
	kind, _ := object(spec, "names")["kind"].(string)
	typ, found := kinds[kind]
	if !found {
		return fmt.Errorf("kind %q is not known", kind)
	}
	versions, _ := spec["versions"].([]any)
	for _, version := range versions {
		version, _ := version.(map[string]any)
		walk(object(version, "schema", "openAPIV3Schema"), typ)
	}
	return nil
}

// object returns the object at the path of keys, nil if there is none.
func object(in map[string]any, path ...string) map[string]any {
	for _, key := range path {
		in, _ = in[key].(map[string]any)
	}
	return in
}
