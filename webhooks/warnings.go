package webhooks

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Formats of the warnings. The first verb is always the path of the field.
const (
	// warnFloatingTag: the same tag is another image tomorrow.
	warnFloatingTag = "%s: %q moves from release to release; name a version, so that every pod runs the same image"
	// warnNoMemoryLimit: Ollama takes what it gets, and the node may run out.
	warnNoMemoryLimit = "%s: no memory limit is set; a model that grows can take the whole node's memory"
	// warnMemoryLimit: the kernel is going to kill Ollama when it loads the model.
	warnMemoryLimit = "%s: %s is less than the %s that %s needs; loading it will fail or be killed"
	// warnSQLite: several pods cannot share one SQLite database.
	warnSQLite = "%s: %d pods keep %d databases that know nothing of each other (SQLite); users see other data at every request"
	// warnSharedStorage: not every storage class has volumes for many pods.
	warnSharedStorage = "%s: %d pods share one volume, which needs a storage class with ReadWriteMany"
	// warnNoEmbedding: Tabby's search falls back to a model that is not made for it.
	warnNoEmbedding = "%s: has no embedding model; Tabby embeds with %s, which is slow; add one, for example \"nomic-embed-text:latest\""
	// warnNoFillIn: Tabby sends only what stands before the cursor.
	warnNoFillIn = "%s: the fill-in-the-middle prompt of %q is not known; Tabby completes from what stands before the cursor only"
)

// warnings are about specs that are accepted and may surprise. On an update only
// what the stored object did not bring is said, so that an update that touches
// nothing of it is silent.
func warnings(d, old *v1alpha1.OllamaDeployment) []string {
	found := specWarnings(d)
	if old == nil || len(found) == 0 {
		return found
	}
	known := specWarnings(old)
	return slices.DeleteFunc(found, func(text string) bool { return slices.Contains(known, text) })
}

func specWarnings(d *v1alpha1.OllamaDeployment) []string {
	out := ollamaWarnings(&d.Spec.Ollama)
	if ui := d.Spec.OpenWebUI; ui.IsEnabled() {
		out = append(out, floatingTag("spec.openwebui", ui.ImageTag)...)
		out = append(out, sqlite("spec.openwebui", ui.Replicas, ui.Resources)...)
	}
	if tabby := d.Spec.Tabby; tabby.IsEnabled() {
		out = append(out, floatingTag("spec.tabby", tabby.ImageTag)...)
		out = append(out, sqlite("spec.tabby", tabby.Replicas, tabby.Resources)...)
		out = append(out, tabbyModels(d, tabby)...)
	}
	return out
}

func ollamaWarnings(ollama *v1alpha1.OllamaSpec) []string {
	out := floatingTag("spec.ollama", ollama.ImageTag)
	out = append(out, memoryLimit(ollama)...)
	return append(out, sharedStorage("spec.ollama", ollama.Replicas, ollama.Resources)...)
}

func floatingTag(component string, tag *string) []string {
	if tag == nil || *tag != v1alpha1.DefaultOllamaImageTag && *tag != v1alpha1.DefaultOpenWebUIImageTag {
		return nil
	}
	return []string{fmt.Sprintf(warnFloatingTag, component+".imageTag", *tag)}
}

func memoryLimit(ollama *v1alpha1.OllamaSpec) []string {
	const path = "spec.ollama.resources.limits"
	if ollama.Resources == nil {
		return nil
	}
	limit, set := ollama.Resources.Limits[corev1.ResourceMemory]
	if !set {
		return []string{fmt.Sprintf(warnNoMemoryLimit, path)}
	}
	// A model on a GPU needs the device's memory, of which Kubernetes knows nothing.
	if ollama.Resources.HasDevice() {
		return nil
	}
	largest := v1alpha1.OllamaModel("")
	need := limit
	for _, model := range ollama.Models {
		if memory, known := model.MemoryNeeded(); known && memory.Cmp(need) > 0 {
			largest, need = model, memory
		}
	}
	if largest == "" {
		return nil
	}
	return []string{fmt.Sprintf(warnMemoryLimit, path+".memory", limit.String(), need.String(), string(largest))}
}

func sqlite(component string, replicas *int32, resources *v1alpha1.ResourceRequirements) []string {
	if replicas == nil || *replicas <= 1 {
		return nil
	}
	return append([]string{fmt.Sprintf(warnSQLite, component+".replicas", *replicas, *replicas)},
		sharedStorage(component, replicas, resources)...)
}

func sharedStorage(component string, replicas *int32, resources *v1alpha1.ResourceRequirements) []string {
	if replicas == nil || *replicas <= 1 || resources.StorageSize() == nil {
		return nil
	}
	return []string{fmt.Sprintf(warnSharedStorage, component+".resources.requests.storage", *replicas)}
}

func tabbyModels(d *v1alpha1.OllamaDeployment, tabby *v1alpha1.TabbySpec) []string {
	var out []string
	if tabby.ModelName == nil {
		return nil
	}
	if _, known := tabby.ModelName.FillInTheMiddle(); !known {
		out = append(out, fmt.Sprintf(warnNoFillIn, "spec.tabby.modelName", string(*tabby.ModelName)))
	}
	if tabby.UsesOwnOllama(d.Name) && !slices.ContainsFunc(d.Spec.Ollama.Models, v1alpha1.OllamaModel.IsEmbedding) {
		out = append(out, fmt.Sprintf(warnNoEmbedding, "spec.ollama.models", string(*tabby.ModelName)))
	}
	return out
}
