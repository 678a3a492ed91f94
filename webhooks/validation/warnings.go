// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A Warning describes a field of a valid spec that may have unexpected effects.
type Warning struct {
	// Field has the path of the field, by JSON names.
	Field string
	// Message describes the effect, and how to avoid it.
	Message string
}

// String returns the warning as the API server sends it to clients.
func (w Warning) String() string { return w.Field + ": " + w.Message }

// Formats of the messages of warnings.
const (
	// warnFloatingTag: the image of the tag may change.
	warnFloatingTag = "%q moves from release to release; name a version, so that every pod runs the same image"
	// warnFloatingVersion: pods of several versions may use one database.
	warnFloatingVersion = "%q moves from release to release; pods may run different versions at the same time, one of which migrates the database of the others; name a version"
	// warnNoMemoryLimit: Ollama may use all memory of the node.
	warnNoMemoryLimit = "no memory limit is set; a model can use all memory of the node"
	// warnMemoryLimit: Ollama is going to be killed when it loads the model.
	warnMemoryLimit = "%s is less than the %s that %s needs; Ollama will fail to load it, or be killed"
	// warnMemoryOfModels: Ollama is going to be killed when it loads as many models as it may.
	warnMemoryOfModels = "%s is less than the %s that %d loaded models need (settings.maxLoadedModels); Ollama will fail to load them, or be killed"
	// warnQuantizedCache: Ollama does not use flash attention for every model and device.
	warnQuantizedCache = "Ollama ignores %s for models that it does not use flash attention for; set flashAttention: true"
	// warnSQLite: several pods cannot share one SQLite database.
	warnSQLite = "%d pods have %d separate SQLite databases; users may see different data with every request"
	// warnNoRedis: several pods do not know each other's sessions.
	warnNoRedis = "%d pods do not share sessions and websockets; set redis.urlSecretRef"
	// warnChroma: several processes must not use one ChromaDB.
	warnChroma = "the vectors of documents are in a ChromaDB in the data, which is for one pod; set VECTOR_DB, for example to \"pgvector\""
	// warnUploads: the data are not shared.
	warnUploads = "uploaded files are in one pod, and lost with it; set a size with ReadWriteMany, or STORAGE_PROVIDER in envVars"
	// warnEmbeddingChat: Open WebUI would chat with a model that does not generate text.
	warnEmbeddingChat = "%q is an embedding model, which cannot chat"
	// warnSharedStorage: not every StorageClass supports ReadWriteMany.
	warnSharedStorage = "%d pods share one volume, which requires a StorageClass that supports ReadWriteMany"
	// warnSharedClaim: the operator does not choose the access modes of an existing claim.
	warnSharedClaim = "%d pods share the claim, which has to be ReadWriteMany"
	// warnNoClaim: the settings are those of a claim that is neither created nor named.
	warnNoClaim = "has no effect without resources.requests.storage or existingClaim"
	// warnNoEmbedding: Tabby uses a model for embeddings that is not made for it.
	warnNoEmbedding = "has no embedding model; Tabby uses %s for embeddings, which is slow; add one, for example \"nomic-embed-text:latest\""
	// warnEmbeddingOnly: Tabby uses a model for completion that does not generate text.
	warnEmbeddingOnly = "%q is an embedding model, which cannot complete code; set a code model, for example \"qwen2.5-coder:7b\""
	// warnNoFillIn: Tabby sends only the code before the cursor.
	warnNoFillIn = "the fill-in-the-middle prompt of %q is not known; Tabby uses only the code before the cursor"
	// warnOpenOllama: Ollama has no authentication.
	warnOpenOllama = "%s exposes Ollama, which has no authentication; use ClusterIP, and expose a proxy that authenticates users, or restrict who may connect by networkPolicy"
	// warnNobodyAllowed: the ingress or Service leads to pods that refuse its connections.
	warnNobodyAllowed = "is empty, so nobody reaches %s by its %s; name who may connect, for example the namespace of the ingress controller"
	// warnNoROCm: the default images do not support AMD devices.
	warnNoROCm = "%s is requested, but the name of the image %q does not contain rocm, so it will probably not use the device%s"
	// warnUnusedMirror: all models have a registry in their names.
	warnUnusedMirror = "has no effect: the names of all models have another registry"
	// warnUnusedRegistry: probably a typo.
	warnUnusedRegistry = "has no effect: no model is pulled from %q"
	// warnCloudModel: Ollama forwards requests for the model.
	warnCloudModel = "%q runs on ollama.com, not in the cluster: prompts are sent there, and every pod has to be signed in"
	// warnLocalModel: Ollama does not interpret "local" as a tag.
	warnLocalModel = "Ollama interprets the tag \"local\" as the place where the model runs, and pulls %[1]q; use %[1]q"
	// warnTaint: nodes with the device may not be available.
	warnTaint = "nodes with NVIDIA devices often have the taint %q, and only %q is tolerated; add the other one to pod.tolerations if yours do"
	// warnNoSource: the volume is an emptyDir.
	warnNoSource = "has no source, so it is an emptyDir, which is deleted with the pod; set emptyDir: {} if that is intended"
	// warnOtherUser: the images of Ollama, Open WebUI and Tabby are made for root.
	warnOtherUser = "the image runs as root, and its data are where another user cannot write; use spec.security.profile: %s, which moves them, unless you have another image"
	// warnDeprecated: a deprecated field or kind, and its replacement.
	warnDeprecated = "deprecated; use %q instead"
	// warnAlsoDeprecated: the end of the message if there are several.
	warnAlsoDeprecated = "; also deprecated: %s"
	// warnIgnored: a deprecated field whose replacement has another value.
	warnIgnored = "deprecated and ignored; %q takes precedence, and is %s"
	// warnRemoved: the value that a removed deprecated field had set was removed, too.
	warnRemoved = "was removed; %s, which it had set to %s, is now %s"
)

// warnings returns the warnings about a valid spec. Those of the stored object old, nil on a create,
// are not repeated on updates. All deprecations of an object are one warning.
func warnings(d, old *v1alpha1.OllamaDeployment) []Warning {
	deprecated, found := deprecations(d), specWarnings(d)
	if old == nil {
		return append(deprecationWarning(deprecated), found...)
	}
	deprecated, found = minus(deprecated, deprecations(old)), minus(found, specWarnings(old))
	return slices.Concat(deprecationWarning(deprecated), found, removalWarnings(d, old))
}

// minus returns the elements of found that are not in known. It modifies found.
func minus[T comparable](found, known []T) []T {
	return slices.DeleteFunc(found, func(one T) bool { return slices.Contains(known, one) })
}

func specWarnings(d *v1alpha1.OllamaDeployment) []Warning {
	out := ignoredFieldWarnings(d)
	for _, c := range d.Spec.EnabledComponents() {
		out = append(out, componentWarnings[c.Name](d, c)...)
		if !d.Spec.Security.IsRestricted() {
			out = append(out, userWarnings(c)...)
		}
	}
	return append(out, networkPolicyWarnings(d)...)
}

// componentWarnings returns the warnings about an enabled component.
var componentWarnings = map[v1alpha1.ComponentName]func(*v1alpha1.OllamaDeployment, v1alpha1.Component) []Warning{
	v1alpha1.ComponentOllama:    ollamaWarnings,
	v1alpha1.ComponentOpenWebUI: openWebUIWarnings,
	v1alpha1.ComponentTabby:     tabbyWarnings,
}

// podWarnings returns the warnings about what the user adds to the component's pods.
func podWarnings(c v1alpha1.Component) []Warning {
	var out []Warning
	for i := range c.Volumes() {
		if volume := &c.Volumes()[i]; len(members(&volume.VolumeSource)) == 0 {
			out = append(out, warn(fmt.Sprintf("%s.volumes[%d]", c.Path(), i), warnNoSource)...)
		}
	}
	return append(out, deviceWarnings(c)...)
}

// deviceWarnings returns warnings about devices of NVIDIA that do not have the name of the taint that its
// nodes usually have.
//
// Source: NVIDIA/gpu-operator and Google Kubernetes Engine, which taint nodes with nvidia.com/gpu.
func deviceWarnings(c v1alpha1.Component) []Warning {
	const taint = "nvidia.com/gpu"
	var out []Warning
	for _, name := range c.Resources().Devices() {
		if !strings.HasPrefix(string(name), "nvidia.com/") || name == taint || c.Pod().Tolerates(taint) {
			continue
		}
		out = append(out, warn(c.Path()+".resources.limits["+string(name)+"]", warnTaint, taint, name)...)
	}
	return out
}

// userWarnings returns warnings about pods that do not run as root although nothing is prepared for that.
//
// Source: the Dockerfiles of the images; TabbyML/tabby, crates/tabby/src/main.rs, which changes the mode of its data.
func userWarnings(c v1alpha1.Component) []Warning {
	if c.Pod() == nil || c.Pod().SecurityContext == nil {
		return nil
	}
	context, at := c.Pod().SecurityContext, c.Path()+".pod.securityContext."
	switch user := context.RunAsUser; {
	case user != nil && *user != 0:
		return warn(at+"runAsUser", warnOtherUser, v1alpha1.SecurityRestricted)
	case user == nil && ptr.Deref(context.RunAsNonRoot, false):
		return warn(at+"runAsNonRoot", warnOtherUser, v1alpha1.SecurityRestricted)
	}
	return nil
}

func warn(path, format string, args ...any) []Warning {
	return []Warning{{path, fmt.Sprintf(format, args...)}}
}

func sqlite(c v1alpha1.Component) []Warning {
	replicas := c.Replicas()
	if replicas <= 1 || c.Database() != nil {
		return nil
	}
	return warn(c.Path()+".replicas", warnSQLite, replicas, replicas)
}
