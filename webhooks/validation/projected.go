// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateProjected validates a volume that combines several sources in one directory. The paths of
// files must be unique.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
func validateProjected(volume *corev1.ProjectedVolumeSource, at *field.Path) field.ErrorList {
	errs := validateFiles(nil, volume.DefaultMode, volume.DefaultUser, at)
	if n := len(volume.Sources); n > maxEntries {
		return append(errs, field.TooMany(at.Child("sources"), n, maxEntries))
	}
	files := sets.New[string]()
	for i, source := range volume.Sources {
		at := at.Child("sources").Index(i)
		errs = append(errs, atMostOne(&source, at)...)
		errs = append(errs, validateProjection(&source, at)...)
		for _, file := range projectedFiles(&source, at) {
			if file.path != "" && files.Has(file.path) {
				errs = append(errs, field.Duplicate(file.at, file.path))
			}
			files.Insert(file.path)
		}
	}
	return errs
}

func validateProjection(source *corev1.VolumeProjection, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if s := source.Secret; s != nil {
		at := at.Child("secret")
		if s.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), "must be set to the name of a Secret"))
		}
		errs = append(errs, validateFiles(s.Items, nil, nil, at)...)
	}
	if s := source.ConfigMap; s != nil {
		at := at.Child("configMap")
		if s.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), "must be set to the name of a ConfigMap"))
		}
		errs = append(errs, validateFiles(s.Items, nil, nil, at)...)
	}
	if s := source.DownwardAPI; s != nil {
		errs = append(errs, validatePodFiles(s.Items, at.Child("downwardAPI", "items"))...)
	}
	if s := source.ClusterTrustBundle; s != nil {
		errs = append(errs, validateTrustBundle(s, at.Child("clusterTrustBundle"))...)
	}
	const identity = "credentials of the ServiceAccount are not allowed; store the credentials that the pods need in a Secret"
	if source.ServiceAccountToken != nil {
		errs = append(errs, field.Forbidden(at.Child("serviceAccountToken"), identity))
	}
	if source.PodCertificate != nil {
		errs = append(errs, field.Forbidden(at.Child("podCertificate"), identity))
	}
	return errs
}

// A projectedFile describes a file in a volume, with the field that sets its path.
type projectedFile struct {
	path string
	at   *field.Path
}

// projectedFiles returns the files whose paths the source sets.
func projectedFiles(source *corev1.VolumeProjection, at *field.Path) []projectedFile {
	var files []projectedFile
	add := func(at *field.Path, items []corev1.KeyToPath) {
		for i, item := range items {
			files = append(files, projectedFile{item.Path, at.Child("items").Index(i).Child("path")})
		}
	}
	if s := source.Secret; s != nil {
		add(at.Child("secret"), s.Items)
	}
	if s := source.ConfigMap; s != nil {
		add(at.Child("configMap"), s.Items)
	}
	if s := source.DownwardAPI; s != nil {
		for i, item := range s.Items {
			files = append(files, projectedFile{item.Path, at.Child("downwardAPI", "items").Index(i).Child("path")})
		}
	}
	if s := source.ClusterTrustBundle; s != nil {
		files = append(files, projectedFile{s.Path, at.Child("clusterTrustBundle", "path")})
	}
	return files
}

func validateTrustBundle(bundle *corev1.ClusterTrustBundleProjection, at *field.Path) field.ErrorList {
	errs := append(requiredFields(bundle, at), validateFilePath(bundle.Path, at.Child("path"))...)
	errs = append(errs, validateUser(bundle.User, at.Child("user"))...)
	switch {
	case bundle.Name != nil && bundle.SignerName != nil:
		errs = append(errs, field.Forbidden(at, "must have one source, not name and signerName"))
	case bundle.Name != nil:
		// A signer's bundle is named "<domain>:<signer>:<name>", every other one "<name>".
		name := *bundle.Name
		errs = append(errs, invalid(at.Child("name"), name, validation.IsDNS1123Subdomain(name[strings.LastIndexByte(name, ':')+1:]))...)
		if strings.HasPrefix(name, ":") {
			errs = append(errs, field.Invalid(at.Child("name"), name, "must not begin with ':'"))
		}
		if bundle.LabelSelector != nil {
			errs = append(errs, field.Forbidden(at.Child("labelSelector"), "must not be set together with name"))
		}
	case bundle.SignerName != nil:
		errs = append(errs, validateSigner(*bundle.SignerName, at.Child("signerName"))...)
		errs = append(errs, validateSelector(bundle.LabelSelector, at.Child("labelSelector"))...)
	default:
		errs = append(errs, field.Required(at, "must have a source, name or signerName"))
	}
	return errs
}

// validateSigner validates the name of a certificate signer, such as "example.com/signer".
func validateSigner(name string, at *field.Path) field.ErrorList {
	domain, signer, _ := strings.Cut(name, "/")
	if !strings.Contains(domain, ".") || len(validation.IsDNS1123Subdomain(domain)) > 0 || len(validation.IsDNS1123Subdomain(signer)) > 0 {
		return field.ErrorList{field.Invalid(at, name, `must be the name of a signer such as "example.com/signer"`)}
	}
	return nil
}
