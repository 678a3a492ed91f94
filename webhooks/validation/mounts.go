// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateMounts validates the volume mounts of a component.
func validateMounts(c v1alpha1.Component, root *field.Path, _ Options) field.ErrorList {
	volumes := map[string]*corev1.Volume{}
	names := make([]string, 0, len(c.Volumes()))
	for i, volume := range c.Volumes() {
		volumes[volume.Name] = &c.Volumes()[i]
		names = append(names, volume.Name)
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, mount := range c.VolumeMounts() {
		at := root.Child("volumeMounts").Index(i)
		volume := volumes[mount.Name]
		if volume == nil {
			err := field.NotFound(at.Child("name"), mount.Name)
			err.Detail = "must name one of " + string(c.Name) + ".volumes" + didYouMean(Nearest(mount.Name, names))
			errs = append(errs, err)
		}
		clean := path.Clean(mount.MountPath)
		switch {
		case seen.Has(clean):
			errs = append(errs, field.Duplicate(at.Child("mountPath"), mount.MountPath).WithOrigin(clean))
		default:
			errs = append(errs, validateMountPath(mount.MountPath, c.Reserved, at.Child("mountPath"))...)
		}
		seen.Insert(clean)
		errs = append(errs, validateSubPath(mount, at)...)
		errs = append(errs, validatePropagation(mount, at)...)
		errs = append(errs, validateMountOptions(mount, volume, at.Child("bindMountOptions"))...)
	}
	return errs
}

func validateMountPath(value string, reserved v1alpha1.Reserved, at *field.Path) field.ErrorList {
	if !path.IsAbs(value) {
		meant := absolute(value)
		if meant != "" && len(validateMountPath(meant, reserved, at)) > 0 {
			meant = ""
		}
		return field.ErrorList{field.Invalid(at, value, "must be an absolute path"+didYouMean(meant))}
	}
	if strings.Contains(value, ":") {
		return field.ErrorList{field.Invalid(at, value, "must not contain ':'")}
	}
	clean := path.Clean(value)
	for _, owned := range reserved.Paths {
		if clean == owned || within(owned, clean) {
			return field.ErrorList{field.Forbidden(at, fmt.Sprintf(
				"%s would hide %s, which the operator mounts", value, owned))}
		}
	}
	if file := reserved.File; file != "" && within(clean, file) {
		return field.ErrorList{field.Forbidden(at, fmt.Sprintf(
			"%s is below %s, which is a file that the operator mounts; mount it elsewhere, for example at %s",
			value, file, path.Join(path.Dir(file), path.Base(clean))))}
	}
	if dir := reserved.ReadOnly; dir != "" && within(clean, dir) {
		return field.ErrorList{field.Forbidden(at, fmt.Sprintf("%s is below %s, which the operator mounts read-only; use another path", value, dir))}
	}
	return nil
}

func validateSubPath(mount corev1.VolumeMount, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if mount.SubPath != "" && mount.SubPathExpr != "" {
		errs = append(errs, field.Invalid(at.Child("subPathExpr"), mount.SubPathExpr, "must not be set together with subPath"))
	}
	for _, sub := range []struct{ name, value string }{{"subPath", mount.SubPath}, {"subPathExpr", mount.SubPathExpr}} {
		if path.IsAbs(sub.value) || hasBackstep(sub.value) {
			errs = append(errs, field.Invalid(at.Child(sub.name), sub.value, noBackstep))
		}
	}
	return errs
}

// validatePropagation validates the propagation of mounts between the node and the container.
func validatePropagation(mount corev1.VolumeMount, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	none := true
	if mode := mount.MountPropagation; mode != nil {
		none = *mode == corev1.MountPropagationNone
		switch *mode {
		case corev1.MountPropagationNone, corev1.MountPropagationHostToContainer:
		case corev1.MountPropagationBidirectional:
			errs = append(errs, field.Forbidden(at.Child("mountPropagation"),
				"Bidirectional requires a privileged container, which the operator's are not; use None or HostToContainer"))
		default:
			errs = append(errs, notSupported(at.Child("mountPropagation"), string(*mode),
				[]string{string(corev1.MountPropagationNone), string(corev1.MountPropagationHostToContainer)}))
		}
	}
	if mode := mount.RecursiveReadOnly; mode != nil {
		known := []string{string(corev1.RecursiveReadOnlyDisabled), string(corev1.RecursiveReadOnlyIfPossible), string(corev1.RecursiveReadOnlyEnabled)}
		switch at := at.Child("recursiveReadOnly"); {
		case !slices.Contains(known, string(*mode)):
			errs = append(errs, notSupported(at, string(*mode), known))
		case *mode != corev1.RecursiveReadOnlyDisabled && (!mount.ReadOnly || !none):
			errs = append(errs, field.Invalid(at, string(*mode), "requires readOnly: true and no mountPropagation"))
		}
	}
	return errs
}

func validateMountOptions(mount corev1.VolumeMount, volume *corev1.Volume, at *field.Path) field.ErrorList {
	if len(mount.BindMountOptions) > 0 && volume != nil && volume.Image != nil {
		return field.ErrorList{field.Forbidden(at, "must not be set for image volumes")}
	}
	if n := len(mount.BindMountOptions); n > maxEntries {
		return field.ErrorList{field.TooMany(at, n, maxEntries)}
	}
	known := []string{string(corev1.BindMountOptionNoExec), string(corev1.BindMountOptionNoDev), string(corev1.BindMountOptionNoSUID)}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, option := range mount.BindMountOptions {
		switch {
		case !slices.Contains(known, option):
			errs = append(errs, notSupported(at.Index(i), option, known))
		case seen.Has(option):
			errs = append(errs, field.Duplicate(at.Index(i), option))
		}
		seen.Insert(option)
	}
	return errs
}

// within reports whether the path inner is below the directory outer. Both must be clean.
func within(inner, outer string) bool {
	return strings.HasPrefix(inner, strings.TrimSuffix(outer, "/")+"/")
}

func absolute(value string) string {
	if value == "" {
		return ""
	}
	return path.Clean("/" + value)
}

const noBackstep = "must be a relative path without '..'"

// hasBackstep reports whether the path contains an element "..".
func hasBackstep(value string) bool { return slices.Contains(strings.Split(value, "/"), "..") }
