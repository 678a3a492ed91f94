// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// identityMode lets every user read the key: only Ollama's container mounts it, and its user may be any.
const identityMode = 0o444

// withIdentity mounts the key of the spec where Ollama looks for it. Ollama makes a key of its own only if
// there is no such file, checks neither its mode nor its owner, and reads it for each signature.
//
// Source: ollama/ollama, cmd/cmd.go (initializeKeypair) and auth/auth.go (Sign).
func (p part) withIdentity(spec *applycorev1.PodSpecApplyConfiguration) {
	ref := p.d.Spec.Ollama.IdentitySecretRef
	if ref == nil {
		return
	}
	spec.Containers[0].WithVolumeMounts(mount(v1alpha1.IdentityVolume, p.ollamaDataPath()+"/"+v1alpha1.IdentityKey).
		WithSubPath(v1alpha1.IdentityKey).WithReadOnly(true))
	spec.WithVolumes(applycorev1.Volume().WithName(v1alpha1.IdentityVolume).
		WithSecret(applycorev1.SecretVolumeSource().
			WithSecretName(ref.Name).
			WithDefaultMode(identityMode).
			WithItems(applycorev1.KeyToPath().WithKey(v1alpha1.IdentityKey).WithPath(v1alpha1.IdentityKey))))
}

// IdentitySecret returns the Secret with Ollama's key, which the operator creates if there is none and which
// outlives the object; nil if the user provides it.
func IdentitySecret(d *v1alpha1.OllamaDeployment) *Secret {
	ref := d.Spec.Ollama.IdentitySecretRef
	if ref == nil || !ptr.Deref(ref.Create, v1alpha1.DefaultIdentityCreate) {
		return nil
	}
	c, _ := d.Spec.Component(v1alpha1.ComponentOllama)
	p := part{Component: c, renderer: renderers[c.Name], d: d}
	return &Secret{Name: ref.Name, Key: v1alpha1.IdentityKey, Labels: p.labels()}
}
