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
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateVolumes validates the volumes of a component.
func validateVolumes(c v1alpha1.Component, path *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, volume := range c.Volumes() {
		at := path.Child("volumes").Index(i)
		switch {
		case seen.Has(volume.Name):
			errs = append(errs, field.Duplicate(at.Child("name"), volume.Name))
		case slices.Contains(c.Reserved.Volumes, volume.Name):
			errs = append(errs, field.Forbidden(at.Child("name"), volume.Name+" is reserved for the operator"))
		default:
			errs = append(errs, invalid(at.Child("name"), volume.Name, validation.IsDNS1123Label(volume.Name))...)
		}
		seen.Insert(volume.Name)
		if volume.HostPath != nil && !opts.AllowHostPath {
			errs = append(errs, field.Forbidden(at.Child("hostPath"),
				"hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path").WithOrigin(useOf(c, volume.Name)))
			continue
		}
		errs = append(errs, atMostOne(&volume.VolumeSource, at)...)
		errs = append(errs, validateVolumeSource(&volume, at)...)
	}
	return errs
}

// validateVolumeSource validates the source of a volume by the rules of the API server. A volume
// without a source is an emptyDir.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
func validateVolumeSource(volume *corev1.Volume, at *field.Path) field.ErrorList {
	withFields := volume.VolumeSource
	withFields.Projected = nil // may be empty
	errs := slices.Concat(requiredOfUnion(&withFields, at), validateRemoved(&volume.VolumeSource, at), validateStorage(volume, at))
	if source := volume.Secret; source != nil {
		at := at.Child("secret")
		if source.SecretName == "" {
			errs = append(errs, field.Required(at.Child("secretName"), "must be set to the name of a Secret"))
		}
		errs = append(errs, validateFiles(source.Items, source.DefaultMode, source.DefaultUser, at)...)
	}
	if source := volume.ConfigMap; source != nil {
		at := at.Child("configMap")
		if source.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), "must be set to the name of a ConfigMap"))
		}
		errs = append(errs, validateFiles(source.Items, source.DefaultMode, source.DefaultUser, at)...)
	}
	if source := volume.DownwardAPI; source != nil {
		at := at.Child("downwardAPI")
		errs = append(errs, validateFiles(nil, source.DefaultMode, source.DefaultUser, at)...)
		errs = append(errs, validatePodFiles(source.Items, at.Child("items"))...)
	}
	if source := volume.Projected; source != nil {
		errs = append(errs, validateProjected(source, at.Child("projected"))...)
	}
	if source := volume.EmptyDir; source != nil {
		at := at.Child("emptyDir")
		if limit := source.SizeLimit; limit != nil && limit.Sign() < 0 {
			errs = append(errs, field.Invalid(at.Child("sizeLimit"), limit.String(), "must not be negative"))
		}
		errs = append(errs, validateMode(source.Mode, 0o1777, at.Child("mode"))...)
	}
	if source := volume.HostPath; source != nil {
		at := at.Child("hostPath")
		if hasBackstep(source.Path) {
			errs = append(errs, field.Invalid(at.Child("path"), source.Path, "must not contain '..'"))
		}
		errs = append(errs, oneOf(source.Type, at.Child("type"), "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")...)
	}
	if source := volume.Image; source != nil {
		at := at.Child("image")
		if source.Reference == "" {
			errs = append(errs, field.Required(at.Child("reference"), "must be set to an image"))
		}
		errs = append(errs, oneOf(&source.PullPolicy, at.Child("pullPolicy"), "", "Always", "IfNotPresent", "Never")...)
	}
	return errs
}

// maxEntries limits the length of lists in Kubernetes' own types, which have no limit.
const maxEntries = 256

// validateFiles validates the files of a mounted Secret or ConfigMap.
func validateFiles(items []corev1.KeyToPath, mode *int32, user *int64, at *field.Path) field.ErrorList {
	errs := append(validateMode(mode, 0o777, at.Child("defaultMode")), validateUser(user, at.Child("defaultUser"))...)
	if n := len(items); n > maxEntries {
		return append(errs, field.TooMany(at.Child("items"), n, maxEntries))
	}
	for i, item := range items {
		at := at.Child("items").Index(i)
		errs = append(errs, requiredFields(&item, at)...)
		errs = append(errs, validateFilePath(item.Path, at.Child("path"))...)
		errs = append(errs, validateMode(item.Mode, 0o777, at.Child("mode"))...)
		errs = append(errs, validateUser(item.User, at.Child("user"))...)
	}
	return errs
}

// validatePodFiles validates the files of mounted fields of the pod.
func validatePodFiles(items []corev1.DownwardAPIVolumeFile, at *field.Path) field.ErrorList {
	if n := len(items); n > maxEntries {
		return field.ErrorList{field.TooMany(at, n, maxEntries)}
	}
	var errs field.ErrorList
	for i, item := range items {
		at := at.Index(i)
		errs = append(errs, requiredFields(&item, at)...)
		errs = append(errs, validateFilePath(item.Path, at.Child("path"))...)
		errs = append(errs, validateMode(item.Mode, 0o777, at.Child("mode"))...)
		errs = append(errs, validateUser(item.User, at.Child("user"))...)
		switch {
		case item.FieldRef != nil && item.ResourceFieldRef != nil:
			errs = append(errs, field.Forbidden(at, "must have one source, not fieldRef and resourceFieldRef"))
		case item.FieldRef != nil:
			errs = append(errs, validateFieldRef(item.FieldRef, fileFields, at.Child("fieldRef"))...)
		case item.ResourceFieldRef != nil:
			at := at.Child("resourceFieldRef")
			if item.ResourceFieldRef.ContainerName == "" {
				errs = append(errs, field.Required(at.Child("containerName"), "must be set to the component's container: ollama, openwebui or tabby"))
			}
			errs = append(errs, validateResourceRef(item.ResourceFieldRef, at)...)
		default:
			errs = append(errs, field.Required(at, "must have a source, fieldRef or resourceFieldRef"))
		}
	}
	return errs
}

// validateFilePath validates the path of a file in a volume. The kubelet reserves names that begin
// with "..".
func validateFilePath(value string, at *field.Path) field.ErrorList {
	if path.IsAbs(value) || hasBackstep(value) || strings.HasPrefix(value, "..") {
		return field.ErrorList{field.Invalid(at, value, noBackstep)}
	}
	return nil
}

// validateMode validates the permissions of a file, which are at most highest.
func validateMode(mode *int32, highest int32, at *field.Path) field.ErrorList {
	if mode == nil || *mode >= 0 && *mode <= highest {
		return nil
	}
	message := fmt.Sprintf("must be between 0 and %d, which is %#o", highest, highest)
	var meant int32
	if n, err := fmt.Sscanf(fmt.Sprint(*mode), "%o", &meant); n == 1 && err == nil && meant >= 0 && meant <= highest && fmt.Sprintf("%o", meant) == fmt.Sprint(*mode) {
		message += sayMeantMode.say(meant, meant)
	}
	return field.ErrorList{field.Invalid(at, *mode, message)}
}

func validateUser(user *int64, at *field.Path) field.ErrorList {
	if user == nil {
		return nil
	}
	return invalid(at, *user, validation.IsValidUserID(*user))
}

// useOf returns a text that identifies the use of a volume: its mounts, and whether the component is enabled.
func useOf(c v1alpha1.Component, volume string) string {
	uses := []string{fmt.Sprint("runs: ", c.IsEnabled())}
	mounts := c.VolumeMounts()
	for i := range mounts {
		if mount := &mounts[i]; mount.Name == volume {
			uses = append(uses, mount.String())
		}
	}
	return strings.Join(uses, "; ")
}
