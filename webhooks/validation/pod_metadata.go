// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// reservedKeys are the keys of labels and annotations that the operator sets, or Kubernetes on pods.
var reservedKeys = []string{v1alpha1.LabelOwner, "pod-template-hash"}

// isReservedKey reports whether users cannot set the label or annotation.
func isReservedKey(key string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	return slices.Contains(reservedKeys, key) || strings.HasPrefix(key, "app.kubernetes.io/") ||
		prefix == v1alpha1.GroupVersion.Group || prefix == "kubectl.kubernetes.io"
}

func validatePodMetadata(pod *v1alpha1.PodSettings, path *field.Path) field.ErrorList {
	labels, annotations := path.Child("labels"), path.Child("annotations")
	return slices.Concat(
		validateLabels(pod.Labels, labels), validateReservedKeys(pod.Labels, labels),
		validateAnnotations(pod.Annotations, annotations), validateReservedKeys(pod.Annotations, annotations),
	)
}

// validateLabels validates the names and values of labels, in the order of the names.
func validateLabels(labels map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(labels) {
		errs = append(errs, metav1validation.ValidateLabels(map[string]string{key: labels[key]}, path)...)
	}
	return errs
}

// validateAnnotations validates the names of annotations, in order, and their size.
//
// Source: k8s.io/apimachinery, pkg/api/validation/objectmeta.go (ValidateAnnotations).
func validateAnnotations(annotations map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(annotations) {
		errs = append(errs, invalid(path, key, validation.IsQualifiedName(strings.ToLower(key)))...)
	}
	if err := apivalidation.ValidateAnnotationsSize(annotations); err != nil {
		errs = append(errs, field.TooLong(path, "", apivalidation.TotalAnnotationSizeLimitB))
	}
	return errs
}

func validateReservedKeys(values map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(values) {
		if isReservedKey(key) {
			errs = append(errs, field.Forbidden(path.Key(key), "is reserved for the operator"))
		}
	}
	return errs
}
