// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateContainerNames rejects resources of other containers than the component's own, which is named after it: the
// API server accepts any name, and the kubelet then does not start the container.
//
// Source: k8s.io/kubernetes, pkg/api/v1/resource/helpers.go (ExtractResourceValueByContainerNameAndNodeAllocatable).
func validateContainerNames(c v1alpha1.Component, path *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	check := func(ref *corev1.ResourceFieldSelector, at *field.Path) {
		if ref != nil && ref.ContainerName != "" && ref.ContainerName != string(c.Name) {
			errs = append(errs, notSupported(at.Child("resourceFieldRef", "containerName"), ref.ContainerName, []string{string(c.Name)}))
		}
	}
	checkFiles := func(source []corev1.DownwardAPIVolumeFile, at *field.Path) {
		for i, item := range source[:min(len(source), maxEntries)] {
			check(item.ResourceFieldRef, at.Child("downwardAPI", "items").Index(i))
		}
	}
	for i, env := range c.EnvVars() {
		if env.ValueFrom != nil {
			check(env.ValueFrom.ResourceFieldRef, path.Child("envVars").Index(i).Child("valueFrom"))
		}
	}
	for i, volume := range c.Volumes() {
		at := path.Child("volumes").Index(i)
		if volume.DownwardAPI != nil {
			checkFiles(volume.DownwardAPI.Items, at)
		}
		if volume.Projected == nil {
			continue
		}
		for j, source := range volume.Projected.Sources[:min(len(volume.Projected.Sources), maxEntries)] {
			if source.DownwardAPI != nil {
				checkFiles(source.DownwardAPI.Items, at.Child("projected", "sources").Index(j))
			}
		}
	}
	return errs
}
