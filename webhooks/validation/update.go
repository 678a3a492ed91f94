// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateUpdate rejects changes that the PersistentVolumeClaim or the Service of a component does not
// allow. If a component was disabled, its claim is known only in the cluster, and the status reports
// conflicts.
func validateUpdate(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	errs := validateNodePortSwap(d, old)
	for _, before := range old.Spec.EnabledComponents() {
		after, found := d.Spec.Component(before.Name)
		if found {
			errs = append(errs, validateServiceUpdate(before, after, field.NewPath("spec", string(after.Name)))...)
		}
		if !found || before.Resources().StorageSize() == nil || after.Resources().StorageSize() == nil {
			continue
		}
		path := field.NewPath("spec", string(after.Name))
		if least := leastStorage(before, &old.Status); after.Resources().StorageSize().Cmp(least) < 0 {
			errs = append(errs, field.Forbidden(path.Child("resources", "requests").Key("storage"), fmt.Sprintf(
				"must not shrink below %s, because a PersistentVolumeClaim can only grow", least.String())))
		}
		claim := v1alpha1.ChildName(d.Name, after.Name)
		if before.Replicas() == 1 && after.Replicas() > 1 && !slices.Contains(before.ExplicitAccessModes(), corev1.ReadWriteMany) {
			errs = append(errs, field.Forbidden(path.Child("replicas"), fmt.Sprintf(
				"must stay 1 while the data are in the ReadWriteOnce claim %q; remove storage, or create an OllamaDeployment with another name and the desired replicas",
				claim)))
		}
		status := old.Status.Component(after.Name)
		errs = append(errs, validateClaimUpdate(claim, before, after, status != nil && status.StorageCapacity != nil)...)
	}
	return errs
}

// isUpdateErrorInSchema reports whether the CRD schema returns an error of validateUpdate as
// well: it has a rule for the replicas that the scale subresource changes.
func isUpdateErrorInSchema(err *field.Error) bool { return err.Field == "spec.ollama.replicas" }

// leastStorage returns the size that the storage of a stored component cannot shrink below: the size
// in the spec, or the actual size of the claim if it is less because the expansion failed.
func leastStorage(stored v1alpha1.Component, status *v1alpha1.OllamaDeploymentStatus) resource.Quantity {
	size := *stored.Resources().StorageSize()
	if s := status.Component(stored.Name); s != nil && s.StorageCapacity != nil && s.StorageCapacity.Cmp(size) < 0 {
		return *s.StorageCapacity
	}
	return size
}
