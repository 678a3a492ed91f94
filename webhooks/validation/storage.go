// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateRemoved rejects sources that no supported version of Kubernetes can mount.
//
// Source: Kubernetes' changelogs; the last one was removed in version 1.25.
func validateRemoved(source *corev1.VolumeSource, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, name := range members(source) {
		if slices.Contains([]string{"flocker", "photonPersistentDisk", "quobyte", "scaleIO", "storageos"}, name) {
			errs = append(errs, field.Forbidden(at.Child(name), "is no longer supported by Kubernetes; use a persistentVolumeClaim"))
		}
	}
	return errs
}

// A storageRule validates a volume with a certain source; at is the path of the volume.
type storageRule func(volume *corev1.Volume, at *field.Path) field.ErrorList

// storageRules lists the rules of the API server for sources of volumes, except for required fields.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
var storageRules = []storageRule{
	ofSource("ephemeral", func(v *corev1.Volume) *corev1.EphemeralVolumeSource { return v.Ephemeral }, validateEphemeral),
	ofSource("csi", func(v *corev1.Volume) *corev1.CSIVolumeSource { return v.CSI }, validateCSI),
	ofSource("nfs", func(v *corev1.Volume) *corev1.NFSVolumeSource { return v.NFS }, validateNFS),
	ofSource("gitRepo", func(v *corev1.Volume) *corev1.GitRepoVolumeSource { return v.GitRepo }, validateGitRepo),
	ofSource("gcePersistentDisk", func(v *corev1.Volume) *corev1.GCEPersistentDiskVolumeSource { return v.GCEPersistentDisk },
		func(source *corev1.GCEPersistentDiskVolumeSource, at *field.Path) field.ErrorList {
			return between(source.Partition, 0, 255, at.Child("partition"))
		}),
	ofSource("awsElasticBlockStore", func(v *corev1.Volume) *corev1.AWSElasticBlockStoreVolumeSource { return v.AWSElasticBlockStore },
		func(source *corev1.AWSElasticBlockStoreVolumeSource, at *field.Path) field.ErrorList {
			return between(source.Partition, 0, 255, at.Child("partition"))
		}),
	validateISCSIVolume,
	ofSource("fc", func(v *corev1.Volume) *corev1.FCVolumeSource { return v.FC }, validateFC),
	ofSource("azureDisk", func(v *corev1.Volume) *corev1.AzureDiskVolumeSource { return v.AzureDisk }, validateAzureDisk),
	ofSource("cinder", func(v *corev1.Volume) *corev1.CinderVolumeSource { return v.Cinder }, validateCinder),
	ofSource("flexVolume", func(v *corev1.Volume) *corev1.FlexVolumeSource { return v.FlexVolume }, validateFlexVolume),
}

// ofSource returns a rule that validates the source if a volume has it.
func ofSource[T any](name string, source func(*corev1.Volume) *T, validate func(*T, *field.Path) field.ErrorList) storageRule {
	return func(volume *corev1.Volume, at *field.Path) field.ErrorList {
		if source(volume) == nil {
			return nil
		}
		return validate(source(volume), at.Child(name))
	}
}

func validateStorage(volume *corev1.Volume, at *field.Path) field.ErrorList {
	var errs field.ErrorList //nolint:prealloc // nearly all volumes have no errors
	for _, validate := range storageRules {
		errs = append(errs, validate(volume, at)...)
	}
	return errs
}

func validateCSI(source *corev1.CSIVolumeSource, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if source.Driver != "" {
		errs = append(errs, invalid(at.Child("driver"), source.Driver, isDriver(source.Driver))...)
	}
	if ref := source.NodePublishSecretRef; ref != nil {
		errs = append(errs, validateReference(at.Child("nodePublishSecretRef", "name"), ref.Name, "Secret")...)
	}
	return errs
}

func validateNFS(source *corev1.NFSVolumeSource, at *field.Path) field.ErrorList {
	if source.Path == "" || strings.HasPrefix(source.Path, "/") {
		return nil
	}
	return field.ErrorList{field.Invalid(at.Child("path"), source.Path, "must be an absolute path"+didYouMean(absolute(source.Path)))}
}

func validateGitRepo(source *corev1.GitRepoVolumeSource, at *field.Path) field.ErrorList {
	if !strings.HasPrefix(source.Directory, "/") && !hasBackstep(source.Directory) {
		return nil
	}
	return field.ErrorList{field.Invalid(at.Child("directory"), source.Directory, noBackstep)}
}

func validateCinder(source *corev1.CinderVolumeSource, at *field.Path) field.ErrorList {
	if source.SecretRef == nil || source.SecretRef.Name != "" {
		return nil
	}
	return field.ErrorList{field.Required(at.Child("secretRef", "name"), "must be set to the name of a Secret")}
}

func validateFlexVolume(source *corev1.FlexVolumeSource, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(source.Options) {
		domain, _, _ := strings.Cut(key, "/")
		if domain = "." + strings.ToLower(domain); strings.HasSuffix(domain, ".kubernetes.io") || strings.HasSuffix(domain, ".k8s.io") {
			errs = append(errs, field.Forbidden(at.Child("options").Key(key), "the domains kubernetes.io and k8s.io are reserved for Kubernetes"))
		}
	}
	return errs
}

func isDriver(name string) []string {
	if len(name) > 63 {
		return []string{validation.MaxLenError(63)}
	}
	return validation.IsDNS1123Subdomain(strings.ToLower(name))
}
