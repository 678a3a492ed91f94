package webhooks

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A Warning is about a field of a spec that is accepted and may surprise.
type Warning struct {
	// Field is the path of the field, by JSON names.
	Field string
	// Message says what may surprise, and what to do about it.
	Message string
}

// String is the warning as the API server passes it on.
func (w Warning) String() string { return w.Field + ": " + w.Message }

// Formats of the warnings' messages.
const (
	// warnFloatingTag: the same tag is another image tomorrow.
	warnFloatingTag = "%q moves from release to release; name a version, so that every pod runs the same image"
	// warnNoMemoryLimit: Ollama takes what it gets, and the node may run out.
	warnNoMemoryLimit = "no memory limit is set; a model that grows can take the whole node's memory"
	// warnMemoryLimit: the kernel is going to kill Ollama when it loads the model.
	warnMemoryLimit = "%s is less than the %s that %s needs; loading it will fail or be killed"
	// warnSQLite: several pods cannot share one SQLite database.
	warnSQLite = "%d pods keep %d databases that know nothing of each other (SQLite); users see other data at every request"
	// warnSharedStorage: not every storage class has volumes for many pods.
	warnSharedStorage = "%d pods share one volume, which needs a storage class with ReadWriteMany"
	// warnNoEmbedding: Tabby's search falls back to a model that is not made for it.
	warnNoEmbedding = "has no embedding model; Tabby embeds with %s, which is slow; add one, for example \"nomic-embed-text:latest\""
	// warnNoFillIn: Tabby sends only what stands before the cursor.
	warnNoFillIn = "the fill-in-the-middle prompt of %q is not known; Tabby completes from what stands before the cursor only"
	// warnDeprecated: an older spelling, with what to write today.
	warnDeprecated = "deprecated; use %q instead"
	// warnNotInEffect: an older spelling whose replacement was changed since.
	warnNotInEffect = "deprecated and not in effect; %q is what counts, and says %s"
	// warnRemoved: an older spelling takes along what it had set.
	warnRemoved = "was removed; %s, which it had set to %s, is %s now"
)

// warnings are about specs that are accepted and may surprise. On an update only
// what the stored object did not bring is said, so that an update that touches
// nothing of it is silent.
func warnings(d, old *v1alpha1.OllamaDeployment) []Warning {
	found := specWarnings(d)
	if old == nil {
		return found
	}
	known := specWarnings(old)
	found = slices.DeleteFunc(found, func(w Warning) bool { return slices.Contains(known, w) })
	return append(found, removalWarnings(d, old)...)
}

func specWarnings(d *v1alpha1.OllamaDeployment) []Warning {
	out := slices.Concat(spellingWarnings(d), ollamaWarnings(&d.Spec.Ollama))
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

func ollamaWarnings(ollama *v1alpha1.OllamaSpec) []Warning {
	return slices.Concat(
		floatingTag("spec.ollama", ollama.ImageTag),
		memoryLimit(ollama),
		sharedStorage("spec.ollama", ollama.Replicas, ollama.Resources),
	)
}

func warn(path, format string, args ...any) []Warning {
	return []Warning{{path, fmt.Sprintf(format, args...)}}
}

func floatingTag(component string, tag *string) []Warning {
	if tag == nil || *tag != v1alpha1.DefaultOllamaImageTag && *tag != v1alpha1.DefaultOpenWebUIImageTag {
		return nil
	}
	return warn(component+".imageTag", warnFloatingTag, *tag)
}

func memoryLimit(ollama *v1alpha1.OllamaSpec) []Warning {
	const path = "spec.ollama.resources.limits"
	if ollama.Resources == nil {
		return nil
	}
	limit, set := ollama.Resources.Limits[corev1.ResourceMemory]
	if !set {
		return warn(path, warnNoMemoryLimit)
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
	return warn(path+".memory", warnMemoryLimit, limit.String(), need.String(), string(largest))
}

func sqlite(component string, replicas *int32, resources *v1alpha1.ResourceRequirements) []Warning {
	if replicas == nil || *replicas <= 1 {
		return nil
	}
	return append(warn(component+".replicas", warnSQLite, *replicas, *replicas),
		sharedStorage(component, replicas, resources)...)
}

func sharedStorage(component string, replicas *int32, resources *v1alpha1.ResourceRequirements) []Warning {
	if replicas == nil || *replicas <= 1 || resources.StorageSize() == nil {
		return nil
	}
	return warn(component+".resources.requests.storage", warnSharedStorage, *replicas)
}

func tabbyModels(d *v1alpha1.OllamaDeployment, tabby *v1alpha1.TabbySpec) []Warning {
	var out []Warning
	if tabby.ModelName == nil {
		return nil
	}
	if _, known := tabby.ModelName.FillInTheMiddle(); !known {
		out = warn("spec.tabby.modelName", warnNoFillIn, string(*tabby.ModelName))
	}
	if d.TabbyUsesOwnOllama() && !slices.ContainsFunc(d.Spec.Ollama.Models, v1alpha1.OllamaModel.IsEmbedding) {
		out = append(out, warn("spec.ollama.models", warnNoEmbedding, string(*tabby.ModelName))...)
	}
	return out
}
