// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateContext validates the security context of a component's pods by the rules of the API server.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
func validateContext(context *corev1.PodSecurityContext, path *field.Path) field.ErrorList {
	if context == nil {
		return nil
	}
	var errs field.ErrorList
	for _, id := range []struct {
		name  string
		value *int64
		check func(int64) []string
	}{
		{"runAsUser", context.RunAsUser, validation.IsValidUserID}, {"runAsGroup", context.RunAsGroup, validation.IsValidGroupID}, {"fsGroup", context.FSGroup, validation.IsValidGroupID},
	} {
		if id.value != nil {
			errs = append(errs, invalid(path.Child(id.name), *id.value, id.check(*id.value))...)
		}
	}
	groups := path.Child("supplementalGroups")
	errs = append(errs, bounded(len(context.SupplementalGroups), 0, groups)...)
	for i, group := range context.SupplementalGroups[:min(len(context.SupplementalGroups), maxEntries)] {
		errs = append(errs, invalid(groups.Index(i), group, validation.IsValidGroupID(group))...)
	}
	errs = append(errs, oneOf(context.SupplementalGroupsPolicy, path.Child("supplementalGroupsPolicy"), "Merge", "Strict")...)
	errs = append(errs, oneOf(context.FSGroupChangePolicy, path.Child("fsGroupChangePolicy"), "Always", "OnRootMismatch")...)
	errs = append(errs, oneOf(context.SELinuxChangePolicy, path.Child("seLinuxChangePolicy"), "MountOption", "Recursive")...)
	errs = append(errs, validateProfiles(context, path)...)
	errs = append(errs, validateSysctls(context.Sysctls, path.Child("sysctls"))...)
	if context.WindowsOptions != nil {
		errs = append(errs, field.Forbidden(path.Child("windowsOptions"), "must not be set; the images run on Linux"))
	}
	return errs
}

// validateProfiles validates the profiles for seccomp and AppArmor.
func validateProfiles(context *corev1.PodSecurityContext, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if profile := context.SeccompProfile; profile != nil {
		errs = append(errs, validateProfile(string(profile.Type), profile.LocalhostProfile, explainSeccomp, path.Child("seccompProfile"))...)
	}
	if profile := context.AppArmorProfile; profile != nil {
		errs = append(errs, validateProfile(string(profile.Type), profile.LocalhostProfile, explainAppArmor, path.Child("appArmorProfile"))...)
	}
	return errs
}

// validateProfile validates a profile, with a function that returns a message about an invalid name.
func validateProfile(kind string, localhost *string, explain func(string) string, at *field.Path) field.ErrorList {
	errs := oneOf(&kind, at.Child("type"), "RuntimeDefault", "Localhost", "Unconfined")
	switch {
	case kind == "Localhost" && (localhost == nil || *localhost == ""):
		errs = append(errs, field.Required(at.Child("localhostProfile"), "must be set if the type is Localhost"))
	case kind != "Localhost" && localhost != nil:
		errs = append(errs, field.Forbidden(at.Child("localhostProfile"), "must not be set unless the type is Localhost"))
	case localhost != nil && explain(*localhost) != "":
		errs = append(errs, field.Invalid(at.Child("localhostProfile"), *localhost, explain(*localhost)))
	}
	return errs
}

// explainSeccomp returns a message about an invalid path below the kubelet's directory of profiles.
func explainSeccomp(path string) string {
	if hasBackstep(path) || strings.HasPrefix(path, "/") {
		return noBackstep
	}
	return ""
}

// explainAppArmor returns a message about the invalid name of a profile, which may be any path.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (ValidateAppArmorProfileField).
func explainAppArmor(name string) string {
	const longest = 4095
	switch {
	case strings.TrimSpace(name) != name:
		return "must not begin or end with a space"
	case len(name) > longest:
		return fmt.Sprintf("must have at most %d characters", longest)
	default:
		return ""
	}
}

func validateSysctls(sysctls []corev1.Sysctl, path *field.Path) field.ErrorList {
	errs := bounded(len(sysctls), 0, path)
	for i, sysctl := range sysctls[:min(len(sysctls), maxEntries)] {
		at := path.Index(i).Child("name")
		switch {
		case sysctl.Name == "":
			errs = append(errs, field.Required(at, "must be set"))
		case slices.ContainsFunc(sysctls[:i], func(other corev1.Sysctl) bool { return other.Name == sysctl.Name }):
			errs = append(errs, field.Duplicate(at, sysctl.Name))
		case len(sysctl.Name) > maxSysctlName:
			errs = append(errs, field.Invalid(at, sysctl.Name, fmt.Sprintf("must have at most %d characters", maxSysctlName)))
		case !sysctlName.MatchString(sysctl.Name):
			errs = append(errs, field.Invalid(at, sysctl.Name, `must be the name of a sysctl such as "net.ipv4.tcp_syncookies"`))
		}
	}
	return errs
}

// maxSysctlName is the maximum length of names of sysctls, which sysctlName matches.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (SysctlMaxLength, SysctlContainSlashFmt).
const maxSysctlName = 253

var sysctlName = regexp.MustCompile(`^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$`)

// validateLevel rejects fields of the components' security contexts that exceed the Pod Security level
// restricted if the pods are restricted, or else baseline, unless the administrator allows that.
func validateLevel(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if c.Pod() == nil {
			continue
		}
		path, context := spec.Child(string(c.Name), "pod", "securityContext"), c.Pod().SecurityContext
		switch {
		case d.Spec.Security.IsRestricted():
			for _, violation := range slices.Concat(v1alpha1.BeyondBaseline(context), v1alpha1.BeyondRestricted(context)) {
				errs = append(errs, field.Forbidden(path.Child(violation.Path[0], violation.Path[1:]...),
					fmt.Sprintf("spec.security.profile: %s allows %s", v1alpha1.SecurityRestricted, violation.Allowed)))
			}
		case !opts.AllowPrivilegedPods:
			for _, violation := range v1alpha1.BeyondBaseline(context) {
				errs = append(errs, field.Forbidden(path.Child(violation.Path[0], violation.Path[1:]...),
					fmt.Sprintf("exceeds the Pod Security level baseline, which allows %s; ask the cluster's administrator to run the operator with --allow-privileged-pods", violation.Allowed)).WithOrigin(runs(c.IsEnabled())))
			}
		}
	}
	return errs
}
