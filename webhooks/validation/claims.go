// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateEphemeral validates the template of the PersistentVolumeClaim that is created for each pod.
// Its metadata is not in the CRD schema, and therefore always empty.
func validateEphemeral(source *corev1.EphemeralVolumeSource, at *field.Path) field.ErrorList {
	at = at.Child("volumeClaimTemplate")
	if source.VolumeClaimTemplate == nil {
		return field.ErrorList{field.Required(at, "must be set")}
	}
	spec := &source.VolumeClaimTemplate.Spec
	at = at.Child("spec")
	errs := validateAccessModes(spec.AccessModes, at.Child("accessModes"))
	errs = append(errs, oneOf(spec.VolumeMode, at.Child("volumeMode"), "Filesystem", "Block")...)
	sizeAt := at.Child("resources", "requests").Key(string(corev1.ResourceStorage))
	if size, found := spec.Resources.Requests[corev1.ResourceStorage]; !found {
		errs = append(errs, field.Required(sizeAt, "must be set"))
	} else if size.Sign() <= 0 {
		errs = append(errs, field.Invalid(sizeAt, size.String(), "must be greater than 0"))
	}
	for _, class := range []struct {
		name  string
		value *string
	}{{"storageClassName", spec.StorageClassName}, {"volumeAttributesClassName", spec.VolumeAttributesClassName}} {
		if class.value != nil && *class.value != "" {
			errs = append(errs, invalid(at.Child(class.name), *class.value, validation.IsDNS1123Subdomain(*class.value))...)
		}
	}
	errs = append(errs, validateSelector(spec.Selector, at.Child("selector"))...)
	return append(errs, validateDataSources(spec, at)...)
}

func validateAccessModes(modes []corev1.PersistentVolumeAccessMode, at *field.Path) field.ErrorList {
	if len(modes) == 0 {
		return field.ErrorList{field.Required(at, "must have at least 1 entry")}
	}
	if n := len(modes); n > maxEntries {
		return field.ErrorList{field.TooMany(at, n, maxEntries)}
	}
	var errs field.ErrorList
	for i, mode := range modes {
		errs = append(errs, oneOf(&mode, at.Index(i), "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")...)
		if mode == corev1.ReadWriteOncePod && slices.ContainsFunc(modes, func(other corev1.PersistentVolumeAccessMode) bool { return other != mode }) {
			errs = append(errs, field.Forbidden(at.Index(i), "ReadWriteOncePod must be the only one"))
		}
	}
	return errs
}

// validateDataSources validates the data source of a PersistentVolumeClaim, which can be set in two
// fields.
func validateDataSources(spec *corev1.PersistentVolumeClaimSpec, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	check := func(group *string, kind, name string, at *field.Path) {
		if name == "" {
			errs = append(errs, field.Required(at.Child("name"), "must be set"))
		}
		if kind == "" {
			errs = append(errs, field.Required(at.Child("kind"), "must be set"))
		}
		switch {
		case group != nil && *group != "":
			errs = append(errs, invalid(at.Child("apiGroup"), *group, validation.IsDNS1123Subdomain(*group))...)
		case kind != "" && kind != "PersistentVolumeClaim":
			errs = append(errs, field.Required(at.Child("apiGroup"), "must be set unless kind is PersistentVolumeClaim"))
		}
	}
	source, ref := spec.DataSource, spec.DataSourceRef
	if source != nil {
		check(source.APIGroup, source.Kind, source.Name, at.Child("dataSource"))
	}
	if ref != nil {
		check(ref.APIGroup, ref.Kind, ref.Name, at.Child("dataSourceRef"))
		if ref.Namespace != nil && *ref.Namespace != "" {
			errs = append(errs, invalid(at.Child("dataSourceRef", "namespace"), *ref.Namespace, validation.IsDNS1123Label(*ref.Namespace))...)
		}
	}
	if source != nil && ref != nil && (ref.Namespace != nil || source.Kind != ref.Kind || source.Name != ref.Name || !equality.Semantic.DeepEqual(source.APIGroup, ref.APIGroup)) {
		errs = append(errs, field.Forbidden(at.Child("dataSource"), "must be equal to dataSourceRef, or unset"))
	}
	return errs
}
