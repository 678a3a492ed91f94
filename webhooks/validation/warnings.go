// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"

	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A Warning is about a field of a spec that is accepted and may surprise.
type Warning struct {
	// Field is the path of the field, by JSON names.
	Field string
	// Message says what may surprise, and what to do about it.
	Message string
}

// String returns the warning as the API server sends it to clients.
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
	// warnEmbeddingOnly: Tabby completes with a model that makes no text.
	warnEmbeddingOnly = "%q makes embeddings and no text, so that Tabby completes nothing; add a code model, for example \"qwen2.5-coder:7b\""
	// warnNoFillIn: Tabby sends only what stands before the cursor.
	warnNoFillIn = "the fill-in-the-middle prompt of %q is not known; Tabby completes from what stands before the cursor only"
	// warnOpenOllama: Ollama knows no users.
	warnOpenOllama = "%s opens Ollama, which has no authentication, to whoever reaches it; use ClusterIP, and open a proxy that asks who is there"
	// warnNoROCm: the usual images have no driver for AMD's devices.
	warnNoROCm = "%s is requested, and the image %q has no ROCm in its name; it will not find the device%s"
	// warnCloudModel: Ollama passes requests for such a model on.
	warnCloudModel = "%q runs on ollama.com and not in the cluster: what is asked leaves it, and every pod has to be signed in there"
	// warnLocalModel: Ollama takes "local" for where a model runs, not for its tag.
	warnLocalModel = "Ollama takes the tag \"local\" for where the model runs, and pulls %[1]q; write %[1]q"
	// warnNoSource: Kubernetes makes an emptyDir of it.
	warnNoSource = "has no source, so that it is an empty directory that is deleted with the pod; write emptyDir: {} if that is meant"
	// warnDeprecated: a deprecated field, with what to write today.
	warnDeprecated = "deprecated; use %q instead"
	// warnAlsoDeprecated ends it with the object's other ones.
	warnAlsoDeprecated = "; also deprecated: %s"
	// warnNotInEffect: a deprecated field whose replacement was changed since.
	warnNotInEffect = "deprecated and not in effect; %q is what counts, and says %s"
	// warnRemoved: a deprecated field takes along what it had set.
	warnRemoved = "was removed; %s, which it had set to %s, is %s now"
)

// warnings are about specs that are accepted and may surprise. On an update only
// what the stored object did not bring is said, so that an update that touches
// nothing of it is silent. The deprecations of an object are one warning.
func warnings(d, old *v1alpha1.OllamaDeployment) []Warning {
	deprecated, found := deprecations(d), specWarnings(d)
	if old == nil {
		return append(deprecationWarning(deprecated), found...)
	}
	deprecated, found = minus(deprecated, deprecations(old)), minus(found, specWarnings(old))
	return slices.Concat(deprecationWarning(deprecated), found, removalWarnings(d, old))
}

// minus returns what of found is not known already.
func minus[T comparable](found, known []T) []T {
	return slices.DeleteFunc(found, func(one T) bool { return slices.Contains(known, one) })
}

func specWarnings(d *v1alpha1.OllamaDeployment) []Warning {
	out := notInEffect(d)
	for _, c := range d.Spec.EnabledComponents() {
		out = append(out, componentWarnings[c.Name](d, c)...)
	}
	return out
}

// componentWarnings returns the warnings about an enabled component.
var componentWarnings = map[v1alpha1.ComponentName]func(*v1alpha1.OllamaDeployment, v1alpha1.Component) []Warning{
	v1alpha1.ComponentOllama:    ollamaWarnings,
	v1alpha1.ComponentOpenWebUI: openWebUIWarnings,
	v1alpha1.ComponentTabby:     tabbyWarnings,
}

func openWebUIWarnings(_ *v1alpha1.OllamaDeployment, c v1alpha1.Component) []Warning {
	return append(imageWarnings(c), sqlite(c)...)
}

func warn(path, format string, args ...any) []Warning {
	return []Warning{{path, fmt.Sprintf(format, args...)}}
}

func sqlite(c v1alpha1.Component) []Warning {
	replicas := ptr.Deref(c.Replicas(), 0)
	if replicas <= 1 {
		return nil
	}
	return append(warn(c.Path()+".replicas", warnSQLite, replicas, replicas), sharedStorage(c)...)
}

func sharedStorage(c v1alpha1.Component) []Warning {
	replicas := ptr.Deref(c.Replicas(), 0)
	if replicas <= 1 || c.Resources().StorageSize() == nil {
		return nil
	}
	return warn(c.Path()+".resources.requests.storage", warnSharedStorage, replicas)
}
