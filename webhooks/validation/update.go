// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// storedComponent holds what update rules compare of a component.
type storedComponent struct {
	enabled  bool
	replicas *int32
	storage  *resource.Quantity
	status   *v1alpha1.DeploymentComponentStatus
}

func componentsOf(d *v1alpha1.OllamaDeployment) map[v1alpha1.Component]storedComponent {
	components := map[v1alpha1.Component]storedComponent{
		v1alpha1.ComponentOllama: {true, d.Spec.Ollama.Replicas, d.Spec.Ollama.Resources.StorageSize(), d.Status.OllamaStatus},
	}
	if ui := d.Spec.OpenWebUI; ui != nil {
		components[v1alpha1.ComponentOpenWebUI] = storedComponent{ui.IsEnabled(), ui.Replicas, ui.Resources.StorageSize(), d.Status.OpenWebUIStatus}
	}
	if tabby := d.Spec.Tabby; tabby != nil {
		components[v1alpha1.ComponentTabby] = storedComponent{tabby.IsEnabled(), tabby.Replicas, tabby.Resources.StorageSize(), d.Status.TabbyStatus}
	}
	return components
}

// validateUpdate rejects changes that the PersistentVolumeClaim of a component cannot follow.
// Whether an older claim fits a component that was disabled is known in the cluster only, and
// the status reports it.
func validateUpdate(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	var errs field.ErrorList
	was, is := componentsOf(old), componentsOf(d)
	for _, component := range v1alpha1.Components() {
		before, after := was[component], is[component]
		if !before.enabled || before.storage == nil || after.storage == nil {
			continue
		}
		path := field.NewPath("spec", string(component))
		if least := before.leastStorage(); after.storage.Cmp(least) < 0 {
			errs = append(errs, field.Forbidden(path.Child("resources", "requests").Key("storage"), fmt.Sprintf(
				"must not shrink below %s, because a PersistentVolumeClaim can only grow", least.String())))
		}
		if before.replicas != nil && *before.replicas == 1 && after.replicas != nil && *after.replicas > 1 {
			errs = append(errs, field.Forbidden(path.Child("replicas"), fmt.Sprintf(
				"must stay 1 while the data is in the claim %q, which one pod at a time can use; remove storage, or make an OllamaDeployment of another name with the replicas that you want from the start",
				v1alpha1.ChildName(d.Name, component))))
		}
	}
	return errs
}

// isUpdateErrorInSchema reports whether the CRD schema returns an error of validateUpdate as
// well: it has a rule for the replicas that the scale subresource changes.
func isUpdateErrorInSchema(err *field.Error) bool { return err.Field == "spec.ollama.replicas" }

// leastStorage returns what the storage cannot shrink below: the size that was asked
// for, or the one that the claim has, if a growth did not come about.
func (c storedComponent) leastStorage() resource.Quantity {
	if c.status != nil && c.status.StorageCapacity != nil && c.status.StorageCapacity.Cmp(*c.storage) < 0 {
		return *c.status.StorageCapacity
	}
	return *c.storage
}
