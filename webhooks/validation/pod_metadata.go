// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
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

func validatePodMetadata(pod *v1alpha1.PodSettings, enabled bool, path *field.Path) field.ErrorList {
	labels, annotations := path.Child("labels"), path.Child("annotations")
	return slices.Concat(
		validateLabels(pod.Labels, labels), validateReservedKeys(pod.Labels, labels),
		validateAnnotations(pod.Annotations, annotations), validateReservedKeys(pod.Annotations, annotations),
		validateSpecialAnnotations(pod.Annotations, enabled, annotations),
	)
}

// validateLabels validates the names and values of labels, in the order of the names.
func validateLabels(labels map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList //nolint:prealloc // nearly all labels have no errors
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

// specialAnnotations begin the keys of annotations that change what a pod is allowed or where it runs,
// beside its fields, and have what to set instead. The API server rejects most of their values, and
// takes a profile of AppArmor even if it exceeds the Pod Security level baseline.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotations).
var specialAnnotations = []struct{ prefix, instead string }{
	{corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix, "use pod.securityContext.appArmorProfile"},
	{corev1.SeccompPodAnnotationKey, "use pod.securityContext.seccompProfile"},
	{corev1.SeccompContainerAnnotationKeyPrefix, "use pod.securityContext.seccompProfile"},
	{"scheduler.alpha.kubernetes.io/tolerations", "use pod.tolerations"},
	{corev1.MirrorPodAnnotationKey, "it marks the pods that a node creates by itself"},
}

// validateSpecialAnnotations rejects annotations that fields replace, and values of others that the API
// server rejects.
func validateSpecialAnnotations(annotations map[string]string, enabled bool, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range sortedKeys(annotations) {
		for _, special := range specialAnnotations {
			if strings.HasPrefix(key, special.prefix) {
				errs = append(errs, field.Forbidden(path.Key(key), "is reserved for Kubernetes; "+special.instead).WithOrigin(runs(enabled)))
			}
		}
	}
	if cost, found := annotations[corev1.PodDeletionCost]; found && !isDeletionCost(cost) {
		errs = append(errs, field.Invalid(path.Key(corev1.PodDeletionCost), cost, "must be a 32-bit integer"))
	}
	return errs
}

// isDeletionCost reports whether the value of the annotation is a number without a plus sign and
// without leading zeros.
//
// Source: k8s.io/kubernetes, pkg/apis/core/helper/helpers.go (GetDeletionCostFromPodAnnotations).
func isDeletionCost(value string) bool {
	_, err := strconv.ParseInt(value, 10, 32)
	return err == nil && value[0] != '+' && (value[0] != '0' || value == "0")
}
