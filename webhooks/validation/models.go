// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateName validates the name, which the names of all children are derived from. It is immutable,
// so it is validated on creation only.
func validateName(d *v1alpha1.OllamaDeployment) field.ErrorList {
	name := d.Name
	if name == "" {
		return nil // the API server has yet to generate it from generateName
	}
	path := field.NewPath("metadata", "name")
	if len(name) > v1alpha1.MaxNameLength {
		return field.ErrorList{field.Invalid(path, name, fmt.Sprintf(
			"must have at most %d characters, because the name of the Service %q can have at most %d",
			v1alpha1.MaxNameLength, "<name>-openwebui", validation.DNS1035LabelMaxLength))}
	}
	if len(validation.IsDNS1035Label(name)) > 0 {
		return field.ErrorList{field.Invalid(path, name,
			"must start with a letter and contain only lower case letters, digits and '-', because names of Services are derived from it")}
	}
	return nil
}

func validateModels(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	path := spec.Child("ollama", "models")
	seen := make(map[string]int, len(d.Spec.Ollama.Models))
	for i, model := range d.Spec.Ollama.Models {
		name := model.Name().Key()
		first, found := seen[name]
		if !found {
			seen[name] = i
			continue
		}
		err := field.Duplicate(path.Index(i), string(model)).WithOrigin(name)
		err.Detail = fmt.Sprintf("is the same model as %q in %s", string(d.Spec.Ollama.Models[first]), path.Index(first))
		errs = append(errs, err)
	}
	return errs
}

func validateTabbyModel(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	tabby := d.Spec.Tabby
	if tabby == nil || tabby.ModelName == nil || !tabby.ModelName.Name().IsValid() || !d.TabbyUsesOwnOllama() {
		return nil
	}
	names := make([]string, 0, len(d.Spec.Ollama.Models))
	for _, model := range d.Spec.Ollama.Models {
		if model.Name().IsSame(tabby.ModelName.Name()) {
			return nil
		}
		names = append(names, string(model))
	}
	err := notSupported(spec.Child("tabby", "modelName"), string(*tabby.ModelName), names)
	err.Detail = "must be one of ollama.models, unless ollamaServiceName names another Ollama; " + err.Detail
	return field.ErrorList{err}
}

// validateTabbyOllama validates the Service that Tabby connects to, if it is known.
func validateTabbyOllama(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	tabby, service := d.Spec.Tabby, d.Spec.Ollama.Service
	if tabby == nil {
		return nil
	}
	if tabby.OllamaServiceName == nil && tabby.IsEnabled() {
		return field.ErrorList{field.Required(spec.Child("tabby", "ollamaServiceName"),
			"cannot be derived from metadata.generateName; set metadata.name, or set this field")}
	}
	port := tabby.OllamaServicePort
	if !isPort(port) || service == nil || !isPort(service.Port) || !d.TabbyUsesOwnOllama() ||
		*port == *service.Port || *port == v1alpha1.DefaultOllamaPort {
		return nil
	}
	return field.ErrorList{field.Invalid(spec.Child("tabby", "ollamaServicePort"), *port, fmt.Sprintf(
		"must be a port of this object's own Ollama Service, %d (ollama.service.port) or %d",
		*service.Port, v1alpha1.DefaultOllamaPort)+sayLeaveOut.say("ollama.service.port"))}
}

func isPort(port *int32) bool { return port != nil && validation.IsValidPortNum(int(*port)) == nil }
