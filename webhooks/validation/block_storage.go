// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// iscsiName matches the name of an iSCSI target or initiator: iqn, eui or naa.
var iscsiName = regexp.MustCompile(`^(iqn\.\d{4}-\d{2}\.[[:alnum:]-.]+:[^,;*&$|\s]+|eui.[[:alnum:]]{16}|naa.[[:alnum:]]{32})$`)

func validateISCSIVolume(volume *corev1.Volume, at *field.Path) field.ErrorList {
	source := volume.ISCSI
	if source == nil {
		return nil
	}
	at = at.Child("iscsi")
	errs := between(source.Lun, 0, 255, at.Child("lun"))
	const name = `must be a name such as "iqn.2001-04.com.example:storage", or one that begins with eui or naa`
	if source.IQN != "" && !iscsiName.MatchString(source.IQN) {
		errs = append(errs, field.Invalid(at.Child("iqn"), source.IQN, name))
	}
	if initiator := source.InitiatorName; initiator != nil {
		if !iscsiName.MatchString(*initiator) {
			errs = append(errs, field.Invalid(at.Child("initiatorName"), *initiator, name))
		}
		if len(volume.Name)+len(":")+len(source.TargetPortal) > 64 {
			errs = append(errs, field.Invalid(at.Child("targetPortal"), source.TargetPortal, "must have at most 63 characters together with the volume's name if initiatorName is set"))
		}
	}
	if (source.DiscoveryCHAPAuth || source.SessionCHAPAuth) && source.SecretRef == nil {
		errs = append(errs, field.Required(at.Child("secretRef"), "must be set for chapAuthDiscovery or chapAuthSession"))
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
		return field.ErrorList{field.Required(at.Child("lun"), "must be set for targetWWNs")}
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
