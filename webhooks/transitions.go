package webhooks

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// storedComponent is what the transition rules compare of a component.
type storedComponent struct {
	replicas *int32
	storage  *resource.Quantity
}

func componentsOf(d *v1alpha1.OllamaDeployment) map[v1alpha1.Component]storedComponent {
	components := map[v1alpha1.Component]storedComponent{
		v1alpha1.ComponentOllama: {d.Spec.Ollama.Replicas, d.Spec.Ollama.Resources.StorageSize()},
	}
	if ui := d.Spec.OpenWebUI; ui != nil {
		components[v1alpha1.ComponentOpenWebUI] = storedComponent{ui.Replicas, ui.Resources.StorageSize()}
	}
	if tabby := d.Spec.Tabby; tabby != nil {
		components[v1alpha1.ComponentTabby] = storedComponent{tabby.Replicas, tabby.Resources.StorageSize()}
	}
	return components
}

// transitionErrors are the steps that a claim for a component's data cannot take.
func transitionErrors(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	var errs field.ErrorList
	was, is := componentsOf(old), componentsOf(d)
	for _, component := range v1alpha1.Components() {
		before, after := was[component], is[component]
		if before.storage == nil || after.storage == nil {
			continue
		}
		path := field.NewPath("spec", string(component))
		if after.storage.Cmp(*before.storage) < 0 {
			errs = append(errs, field.Forbidden(path.Child("resources", "requests").Key("storage"), fmt.Sprintf(
				"must not shrink below %s, because a PersistentVolumeClaim can only grow", before.storage)))
		}
		if before.replicas != nil && *before.replicas == 1 && after.replicas != nil && *after.replicas > 1 {
			errs = append(errs, field.Forbidden(path.Child("replicas"), fmt.Sprintf(
				"must stay 1 while the data is in the claim %q, which one pod at a time can use; remove storage, or make an OllamaDeployment of another name with the replicas that you want from the start",
				v1alpha1.ChildName(d.Name, component))))
		}
	}
	return errs
}
