// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateClaimSettings validates the settings of each component's claim.
func validateClaimSettings(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if c.Storage() == nil {
			continue
		}
		at := spec.Child(string(c.Name), "storage")
		if class := c.StorageClassName(); class != nil && *class != "" {
			errs = append(errs, invalid(at.Child("className"), *class, validation.IsDNS1123Subdomain(*class))...)
		}
		errs = append(errs, validateClaimModes(c, at.Child("accessModes"))...)
		errs = append(errs, validateExistingClaim(d, c, at)...)
	}
	return errs
}

// validateClaimModes rejects access modes that exclude each other, or that do not let all replicas use
// the claim.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec).
func validateClaimModes(c v1alpha1.Component, at *field.Path) field.ErrorList {
	modes := c.ExplicitAccessModes()
	var errs field.ErrorList
	for i, mode := range modes {
		if slices.Contains(modes[:i], mode) {
			errs = append(errs, field.Duplicate(at.Index(i), string(mode)))
		}
		if mode == corev1.ReadWriteOncePod && slices.ContainsFunc(modes, func(other corev1.PersistentVolumeAccessMode) bool { return other != mode }) {
			errs = append(errs, field.Forbidden(at.Index(i), "ReadWriteOncePod must be the only one"))
		}
	}
	if len(modes) > 0 && c.ClaimSize() != nil && c.Replicas() > 1 && !c.SharesClaim() {
		errs = append(errs, field.Invalid(at, joinModes(modes), fmt.Sprintf(
			"must have ReadWriteMany, because %d replicas use the claim", c.Replicas())).WithOrigin(fmt.Sprint(c.Replicas())))
	}
	return errs
}

// validateExistingClaim rejects names that are not valid or of claims that the operator creates, and
// settings that only such claims have.
func validateExistingClaim(d *v1alpha1.OllamaDeployment, c v1alpha1.Component, at *field.Path) field.ErrorList {
	claim, storage := c.ExistingClaim(), c.Storage()
	if claim == "" {
		return nil
	}
	claimAt := at.Child("existingClaim")
	errs := invalid(claimAt, claim, validation.IsDNS1123Subdomain(claim))
	for _, owner := range v1alpha1.ComponentNames() {
		if d.Name != "" && claim == v1alpha1.ChildName(d.Name, owner) {
			errs = append(errs, field.Forbidden(claimAt, fmt.Sprintf(
				"%q is the name of the claim that the operator creates for %s; set %s.resources.requests.storage to use it, or name another claim",
				claim, owner, owner)))
		}
	}
	if c.Resources().StorageSize() != nil {
		errs = append(errs, field.Forbidden(claimAt, fmt.Sprintf(
			"must not be set together with %s.%s, the size of a claim that the operator creates; remove one", c.Name, sizeField(c))))
	}
	excludes := func(name, why string) {
		errs = append(errs, field.Forbidden(at.Child(name), "must not be set together with existingClaim, "+why))
	}
	if storage.ClassName != nil {
		excludes("className", "whose class is its own; remove one")
	}
	if len(storage.AccessModes) > 0 {
		excludes("accessModes", "whose access modes are its own; remove one")
	}
	if !ptr.Deref(storage.Retain, v1alpha1.DefaultRetain) {
		errs = append(errs, field.Forbidden(at.Child("retain"), "must not be false together with existingClaim, which the operator never deletes"))
	}
	return errs
}

// sizeField returns the path of the size of the component's claim, below the component.
func sizeField(c v1alpha1.Component) string {
	if _, found := c.Resources().Requests[corev1.ResourceStorage]; found {
		return "resources.requests.storage"
	}
	return "resources.limits.storage"
}

// validateClaimsDiffer rejects two components with the same existing claim, because their data would
// be in one directory.
func validateClaimsDiffer(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	users := map[string]v1alpha1.ComponentName{}
	for _, c := range d.Spec.EnabledComponents() {
		claim := c.ExistingClaim()
		if user, taken := users[claim]; taken {
			errs = append(errs, field.Invalid(spec.Child(string(c.Name), "storage", "existingClaim"), claim,
				fmt.Sprintf("is already the claim of %s.storage, and the data of both would be in one directory; use different claims", user)))
		} else if claim != "" {
			users[claim] = c.Name
		}
	}
	return errs
}

// validateClaimUpdate rejects changes of a claim's class and access modes, which Kubernetes does not
// allow: those of a component that has a claim of the operator's before and after the update. A class
// may be set while the claim has no volume, because Kubernetes then allows it for a claim without one.
// Access modes may be set to those that the claim may have, and removed: it keeps those that it has.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimUpdate).
func validateClaimUpdate(claim string, before, after v1alpha1.Component, hasVolume bool) field.ErrorList {
	const fix = "; remove storage, or create an OllamaDeployment with another name"
	at := field.NewPath("spec", string(after.Name), "storage")
	var errs field.ErrorList
	was, is := before.StorageClassName(), after.StorageClassName()
	if !ptr.Equal(was, is) && (was != nil || hasVolume) {
		stays := "unset"
		if was != nil {
			stays = fmt.Sprintf("%q", *was)
		}
		errs = append(errs, field.Forbidden(at.Child("className"), fmt.Sprintf(
			"must stay %s while the data are in the claim %q, whose class cannot change%s", stays, claim, fix)))
	}
	if modes := after.ExplicitAccessModes(); len(modes) > 0 && !claimMayHave(before, modes) {
		stays := cmp.Or(joinModes(before.ExplicitAccessModes()), "unset")
		errs = append(errs, field.Forbidden(at.Child("accessModes"), fmt.Sprintf(
			"must stay %s while the data are in the claim %q, whose access modes cannot change%s", stays, claim, fix)))
	}
	return errs
}

// claimMayHave reports whether the claim of a stored component may have the access modes. Unless the
// spec has them, they follow from the replicas that it was created with, of which there may have been more.
func claimMayHave(stored v1alpha1.Component, modes []corev1.PersistentVolumeAccessMode) bool {
	if was := stored.ExplicitAccessModes(); len(was) > 0 {
		return sameModes(was, modes)
	}
	return sameModes(modes, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}) ||
		stored.Replicas() <= 1 && sameModes(modes, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce})
}

// sameModes reports whether the access modes are equal, in any order.
func sameModes(a, b []corev1.PersistentVolumeAccessMode) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func joinModes(modes []corev1.PersistentVolumeAccessMode) string {
	out := make([]string, 0, len(modes))
	for _, mode := range modes {
		out = append(out, string(mode))
	}
	return strings.Join(out, ", ")
}

// storageWarnings returns the warnings about the claim of an enabled component.
func storageWarnings(c v1alpha1.Component) []Warning {
	if c.Storage() != nil && !c.HasClaim() {
		return warn(c.Path()+".storage", warnNoClaim)
	}
	replicas := c.Replicas()
	switch {
	case replicas <= 1 || !c.HasClaim():
		return nil
	case c.ExistingClaim() != "":
		return warn(c.Path()+".storage.existingClaim", warnSharedClaim, replicas)
	default:
		return warn(c.Path()+".resources.requests.storage", warnSharedStorage, replicas)
	}
}
