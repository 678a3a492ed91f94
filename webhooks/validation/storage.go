// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateRemoved refuses sources that no supported version of Kubernetes can mount.
//
// Source: Kubernetes' changelogs; the last of them went with version 1.25.
func validateRemoved(source *corev1.VolumeSource, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, name := range members(source) {
		if slices.Contains([]string{"flocker", "photonPersistentDisk", "quobyte", "scaleIO", "storageos"}, name) {
			errs = append(errs, field.Forbidden(at.Child(name), "Kubernetes has no driver for it any more; use a persistentVolumeClaim"))
		}
	}
	return errs
}

// validateStorage checks what the API server asks of a volume on some storage, beyond
// the fields that have to be set.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
func validateStorage(volume *corev1.Volume, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if source := volume.Ephemeral; source != nil {
		errs = append(errs, validateEphemeral(source, at.Child("ephemeral"))...)
	}
	if source := volume.CSI; source != nil {
		at := at.Child("csi")
		if source.Driver != "" {
			errs = append(errs, invalid(at.Child("driver"), source.Driver, isDriver(source.Driver))...)
		}
		if ref := source.NodePublishSecretRef; ref != nil {
			errs = append(errs, validateReference(at.Child("nodePublishSecretRef", "name"), ref.Name, "Secret")...)
		}
	}
	if source := volume.NFS; source != nil && source.Path != "" && !strings.HasPrefix(source.Path, "/") {
		errs = append(errs, field.Invalid(at.Child("nfs", "path"), source.Path, "must be an absolute path"+didYouMean(absolute(source.Path))))
	}
	if source := volume.GitRepo; source != nil && (strings.HasPrefix(source.Directory, "/") || hasBackstep(source.Directory)) {
		errs = append(errs, field.Invalid(at.Child("gitRepo", "directory"), source.Directory, noBackstep))
	}
	if source := volume.GCEPersistentDisk; source != nil {
		errs = append(errs, between(source.Partition, 0, 255, at.Child("gcePersistentDisk", "partition"))...)
	}
	if source := volume.AWSElasticBlockStore; source != nil {
		errs = append(errs, between(source.Partition, 0, 255, at.Child("awsElasticBlockStore", "partition"))...)
	}
	if source := volume.ISCSI; source != nil {
		errs = append(errs, validateISCSI(source, volume.Name, at.Child("iscsi"))...)
	}
	if source := volume.FC; source != nil {
		errs = append(errs, validateFC(source, at.Child("fc"))...)
	}
	if source := volume.AzureDisk; source != nil {
		errs = append(errs, validateAzureDisk(source, at.Child("azureDisk"))...)
	}
	if source := volume.Cinder; source != nil && source.SecretRef != nil && source.SecretRef.Name == "" {
		errs = append(errs, field.Required(at.Child("cinder", "secretRef", "name"), "must be set to the name of a Secret"))
	}
	if source := volume.FlexVolume; source != nil {
		for _, key := range sortedKeys(source.Options) {
			domain, _, _ := strings.Cut(key, "/")
			if domain = "." + strings.ToLower(domain); strings.HasSuffix(domain, ".kubernetes.io") || strings.HasSuffix(domain, ".k8s.io") {
				errs = append(errs, field.Forbidden(at.Child("flexVolume", "options").Key(key), "kubernetes.io and k8s.io are Kubernetes' own"))
			}
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

// iscsiName matches the name of an iSCSI target or initiator: iqn, eui or naa.
var iscsiName = regexp.MustCompile(`^(iqn\.\d{4}-\d{2}\.[[:alnum:]-.]+:[^,;*&$|\s]+|eui.[[:alnum:]]{16}|naa.[[:alnum:]]{32})$`)

func validateISCSI(source *corev1.ISCSIVolumeSource, volume string, at *field.Path) field.ErrorList {
	errs := between(source.Lun, 0, 255, at.Child("lun"))
	const name = `must be a name such as "iqn.2001-04.com.example:storage", or one that begins with eui or naa`
	if source.IQN != "" && !iscsiName.MatchString(source.IQN) {
		errs = append(errs, field.Invalid(at.Child("iqn"), source.IQN, name))
	}
	if initiator := source.InitiatorName; initiator != nil {
		if !iscsiName.MatchString(*initiator) {
			errs = append(errs, field.Invalid(at.Child("initiatorName"), *initiator, name))
		}
		if len(volume)+len(":")+len(source.TargetPortal) > 64 {
			errs = append(errs, field.Invalid(at.Child("targetPortal"), source.TargetPortal, "must have, with the volume's name, at most 63 characters beside initiatorName"))
		}
	}
	if (source.DiscoveryCHAPAuth || source.SessionCHAPAuth) && source.SecretRef == nil {
		errs = append(errs, field.Required(at.Child("secretRef"), "must be set beside chapAuthDiscovery and chapAuthSession"))
	}
	return errs
}

func validateFC(source *corev1.FCVolumeSource, at *field.Path) field.ErrorList {
	switch {
	case len(source.TargetWWNs) == 0 && len(source.WWIDs) == 0:
		return field.ErrorList{field.Required(at, "must have a source, targetWWNs or wwids")}
	case len(source.TargetWWNs) > 0 && len(source.WWIDs) > 0:
		return field.ErrorList{field.Forbidden(at, "must have one source, not targetWWNs and wwids")}
	case len(source.TargetWWNs) > 0 && source.Lun == nil:
		return field.ErrorList{field.Required(at.Child("lun"), "must be set beside targetWWNs")}
	case len(source.TargetWWNs) > 0:
		return between(*source.Lun, 0, 255, at.Child("lun"))
	default:
		return nil
	}
}

func validateAzureDisk(source *corev1.AzureDiskVolumeSource, at *field.Path) field.ErrorList {
	errs := oneOf(source.CachingMode, at.Child("cachingMode"), "None", "ReadOnly", "ReadWrite")
	errs = append(errs, oneOf(source.Kind, at.Child("kind"), "Shared", "Dedicated", "Managed")...)
	if len(errs) > 0 || source.DataDiskURI == "" {
		return errs
	}
	kind, start := corev1.AzureSharedBlobDisk, "https://"
	if source.Kind != nil {
		kind = *source.Kind
	}
	if kind == corev1.AzureManagedDisk {
		start = "/subscriptions/"
	}
	if !strings.HasPrefix(source.DataDiskURI, start) {
		errs = append(errs, field.Invalid(at.Child("diskURI"), source.DataDiskURI, "must begin with "+start+" for a disk of kind "+string(kind)))
	}
	return errs
}
