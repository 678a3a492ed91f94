// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"path"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateIdentity validates the reference to Ollama's key, and rejects what the user defines of Ollama's pods
// that would replace it.
func validateIdentity(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	ref := d.Spec.Ollama.IdentitySecretRef
	if ref == nil {
		return nil
	}
	ollama := spec.Child(string(v1alpha1.ComponentOllama))
	at := ollama.Child("identitySecretRef", "name")
	errs := validateReference(at, ref.Name, "Secret")
	errs = append(errs, notOfOperator(d, ref.Name, at)...)
	for i, volume := range d.Spec.Ollama.Volumes {
		if volume.Name == v1alpha1.IdentityVolume {
			errs = append(errs, field.Forbidden(ollama.Child("volumes").Index(i).Child("name"), volume.Name+" is reserved for spec.ollama.identitySecretRef"))
		}
	}
	for i, mount := range d.Spec.Ollama.VolumeMounts {
		clean := path.Clean(mount.MountPath)
		for _, home := range []string{v1alpha1.OllamaDataPath, v1alpha1.RestrictedOllamaHome + "/.ollama"} {
			if file := path.Join(home, v1alpha1.IdentityKey); clean == file || within(clean, file) {
				errs = append(errs, field.Forbidden(ollama.Child("volumeMounts").Index(i).Child("mountPath"),
					file+" is where the key of spec.ollama.identitySecretRef is mounted; remove one of them"))
			}
		}
	}
	return errs
}
