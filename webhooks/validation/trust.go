// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"path"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateTrust validates the reference to certificate authorities, and rejects what the user defines of
// the pods that would replace them.
func validateTrust(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	trust := d.Spec.Trust
	if trust == nil {
		return nil
	}
	ref := trust.ConfigMapRef
	errs := validateKeyRef(ref.Name, ptr.Deref(ref.Key, v1alpha1.DefaultTrustKey), "ConfigMap", spec.Child("trust", "configMapRef"))
	for _, c := range d.Spec.Components() {
		errs = append(errs, conflictsWithTrust(c, spec.Child(string(c.Name)))...)
	}
	return errs
}

func conflictsWithTrust(c v1alpha1.Component, component *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, variable := range c.EnvVars() {
		if slices.Contains(v1alpha1.TrustEnv, variable.Name) {
			errs = append(errs, field.Forbidden(component.Child("envVars").Index(i).Child("name"),
				variable.Name+" is set by spec.trust; remove one of them"))
		}
	}
	return append(errs, conflictsOf(c, component, "spec.trust", v1alpha1.TrustPath, func(volume string) bool {
		return volume == v1alpha1.TrustVolume || volume == v1alpha1.TrustBundleVolume
	})...)
}

// conflictsOf rejects volumes of the user that have names of a field's volumes, and mounts that would hide what
// is mounted for it.
func conflictsOf(c v1alpha1.Component, component *field.Path, owner, mounted string, isReserved func(volume string) bool) field.ErrorList {
	var errs field.ErrorList
	for i, volume := range c.Volumes() {
		if isReserved(volume.Name) {
			errs = append(errs, field.Forbidden(component.Child("volumes").Index(i).Child("name"), volume.Name+" is reserved for "+owner))
		}
	}
	for i, mount := range c.VolumeMounts() {
		clean := path.Clean(mount.MountPath)
		if clean == mounted || within(clean, mounted) || within(mounted, clean) {
			errs = append(errs, field.Forbidden(component.Child("volumeMounts").Index(i).Child("mountPath"),
				fmt.Sprintf("would hide %s, where %s is mounted; use another path", mounted, owner)))
		}
	}
	return errs
}
