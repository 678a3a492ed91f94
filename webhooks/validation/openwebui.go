// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateOpenWebUI validates the fields that only Open WebUI has.
func validateOpenWebUI(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	webUI, path := d.Spec.OpenWebUI, spec.Child(string(v1alpha1.ComponentOpenWebUI))
	if webUI == nil {
		return nil
	}
	var errs field.ErrorList
	if webUI.Database != nil {
		errs = append(errs, validateURLSecret(d, webUI.Database.URLSecretRef, path.Child("database", "urlSecretRef"))...)
	}
	if webUI.Redis != nil {
		errs = append(errs, validateURLSecret(d, webUI.Redis.URLSecretRef, path.Child("redis", "urlSecretRef"))...)
	}
	errs = append(errs, validateDefaultModel(d, path.Child("defaultModel"))...)
	return append(errs, conflictsWithFields(webUI, path.Child("envVars"))...)
}

// validateURLSecret validates a reference to a Secret of the user, which none that the operator creates is.
func validateURLSecret(d *v1alpha1.OllamaDeployment, ref v1alpha1.SecretKeyReference, at *field.Path) field.ErrorList {
	errs := validateKeyRef(ref.Name, ref.KeyOrDefault(), "Secret", at)
	return append(errs, notOfOperator(d, ref.Name, at.Child("name"))...)
}

// validateDefaultModel validates that the model of new chats is pulled.
func validateDefaultModel(d *v1alpha1.OllamaDeployment, at *field.Path) field.ErrorList {
	model := d.Spec.OpenWebUI.DefaultModel
	if model == nil || !model.Name().IsValid() {
		return nil
	}
	names := make([]string, 0, len(d.Spec.Ollama.Models))
	for _, listed := range d.Spec.Ollama.Models {
		if listed.Name().IsSame(model.Name()) {
			return nil
		}
		names = append(names, string(listed))
	}
	err := notSupported(at, string(*model), names)
	err.Detail = "must be one of ollama.models; " + err.Detail
	return field.ErrorList{err}
}

// uvicornWorkers is the variable with the number of processes in a pod. Each of them migrates the database.
//
// Source: open-webui/open-webui, backend/start.sh; open-webui/docs, docs/reference/env-configuration.mdx.
const uvicornWorkers = "UVICORN_WORKERS"

// conflictsWithFields rejects variables of the user that fields set, and with an external database those by
// which its first pod would not migrate it, or several processes would.
func conflictsWithFields(webUI *v1alpha1.OpenWebUISpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	setBy := webUI.EnvOfFields()
	for i, variable := range webUI.EnvVars {
		at := path.Index(i).Child("name")
		switch owner, isSet := setBy[variable.Name]; {
		case variable.Name == v1alpha1.EnableDBMigrationsEnv && isSet:
			errs = append(errs, field.Forbidden(at, variable.Name+" must not be set together with "+owner+"; the operator has one pod migrate it"))
		case isSet:
			errs = append(errs, field.Forbidden(at, variable.Name+" is set by "+owner+"; remove one of them"))
		case variable.Name == uvicornWorkers && webUI.Database != nil && (variable.Value != "1" || variable.ValueFrom != nil):
			errs = append(errs, field.Forbidden(at, variable.Name+" must be 1 with spec.openwebui.database, because each worker would migrate it; set replicas"))
		}
	}
	return errs
}
