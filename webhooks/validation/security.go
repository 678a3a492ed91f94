// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateRunAsUser validates the user of restricted pods. The schema has the same rule.
func validateRunAsUser(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	security := d.Spec.Security
	if security == nil || security.RunAsUser == nil || explainUser(*security.RunAsUser) == "" {
		return nil
	}
	return field.ErrorList{field.Invalid(spec.Child("security", "runAsUser"), security.RunAsUser.String(), explainUser(*security.RunAsUser))}
}

// validateSecurity rejects what the profile excludes: a user, and mounts of restricted pods.
func validateSecurity(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	if d.Spec.Security.IsRestricted() {
		return restrictedMounts(d, spec)
	}
	security := d.Spec.Security
	if security == nil || security.RunAsUser == nil || explainUser(*security.RunAsUser) != "" {
		return nil
	}
	if ptr.Deref(security.Profile, v1alpha1.SecurityBaseline) != v1alpha1.SecurityBaseline {
		return nil // a misspelled profile, which may be meant to be Restricted
	}
	return field.ErrorList{field.Invalid(spec.Child("security", "runAsUser"), security.RunAsUser.String(),
		fmt.Sprintf("requires spec.security.profile: %s; with %s the containers run as the users of their images", v1alpha1.SecurityRestricted, v1alpha1.SecurityBaseline))}
}

// restrictedMounts rejects what restricted pods cannot mount: volumes that the Pod Security level
// restricted does not have, and mounts below Tabby's data, which root would own.
//
// Source: k8s.io/pod-security-admission, policy/check_restrictedVolumes.go.
func restrictedMounts(d *v1alpha1.OllamaDeployment, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		errs = append(errs, restrictedVolumes(c, spec.Child(string(c.Name), "volumes"))...)
	}
	if d.Spec.Tabby == nil {
		return errs
	}
	for i, mount := range d.Spec.Tabby.VolumeMounts {
		clean := path.Clean(mount.MountPath)
		if scripts := v1alpha1.ScriptsPath; clean == scripts || within(clean, scripts) || within(scripts, clean) {
			errs = append(errs, field.Forbidden(spec.Child("tabby", "volumeMounts").Index(i).Child("mountPath"),
				fmt.Sprintf("with spec.security.profile: %s the operator mounts Tabby's configuration at %s; use another path", v1alpha1.SecurityRestricted, scripts)))
		}
		if within(clean, v1alpha1.TabbyDataPath) {
			errs = append(errs, field.Forbidden(spec.Child("tabby", "volumeMounts").Index(i).Child("mountPath"),
				fmt.Sprintf("with spec.security.profile: %s nothing can be mounted below %s, which has to belong to Tabby's user; use another path", v1alpha1.SecurityRestricted, v1alpha1.TabbyDataPath)))
		}
	}
	return errs
}

// restrictedVolumes rejects volumes of a component that restricted pods cannot have.
func restrictedVolumes(c v1alpha1.Component, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range c.Volumes() {
		for _, source := range members(&c.Volumes()[i].VolumeSource) {
			if !slices.Contains(restrictedSources, source) {
				errs = append(errs, field.Forbidden(path.Index(i).Child(source),
					fmt.Sprintf("spec.security.profile: %s allows only volumes of these types: %s", v1alpha1.SecurityRestricted, strings.Join(restrictedSources, ", "))))
			}
		}
	}
	return errs
}

// restrictedSources are the sources of volumes of restricted pods.
var restrictedSources = []string{
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
}

// explainUser returns a message about an invalid user, "" if it is valid.
func explainUser(user intstr.IntOrString) string {
	allowed := fmt.Sprintf("must be a number from 1 to %d, or %q", v1alpha1.MaxRunAsUser, v1alpha1.RunAsFromCluster)
	switch {
	case user.Type == intstr.String && user.StrVal == v1alpha1.RunAsFromCluster, user.Type == intstr.Int && user.IntVal > 0:
		return ""
	case user.Type == intstr.Int && user.IntVal == 0:
		return allowed + "; 0 is root, for which leave out spec.security"
	case user.Type == intstr.Int:
		return allowed
	}
	if id, err := strconv.ParseInt(user.StrVal, 10, 32); err == nil && id > 0 {
		return allowed + "; " + sayWithoutQuotes.say(user.StrVal)
	}
	return allowed + didYouMean(Nearest(user.StrVal, []string{v1alpha1.RunAsFromCluster}))
}
