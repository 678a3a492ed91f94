// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	_ "embed"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

//go:embed scripts/trust.sh
var trustScript string

const (
	trustSource = "/llm-operator-trust"
	trustFile   = "ca.crt"
	trustBundle = v1alpha1.TrustPath + "/bundle.crt"
)

// withTrust has an init container write the authorities of the image and those of the user into one file,
// which the variables of the main container name: most programs read only one.
func (p part) withTrust(spec *applycorev1.PodSpecApplyConfiguration) {
	trust := p.d.Spec.Trust
	if trust == nil {
		return
	}
	bundle := mount(v1alpha1.TrustBundleVolume, v1alpha1.TrustPath)
	spec.WithInitContainers(p.initContainer("trust", p.ImageReference()).
		WithCommand("/bin/sh", "-c", trustScript, "trust", trustSource+"/"+trustFile, trustBundle).
		WithVolumeMounts(mount(v1alpha1.TrustVolume, trustSource).WithReadOnly(true), bundle))
	main := spec.Containers[0].WithVolumeMounts(mount(v1alpha1.TrustBundleVolume, v1alpha1.TrustPath).WithReadOnly(true))
	for _, name := range v1alpha1.TrustEnv {
		main.WithEnv(env(name, trustBundle))
	}
	spec.WithVolumes(
		applycorev1.Volume().WithName(v1alpha1.TrustVolume).WithConfigMap(applycorev1.ConfigMapVolumeSource().
			WithName(trust.ConfigMapRef.Name).
			WithItems(applycorev1.KeyToPath().WithKey(ptr.Deref(trust.ConfigMapRef.Key, v1alpha1.DefaultTrustKey)).WithPath(trustFile))),
		applycorev1.Volume().WithName(v1alpha1.TrustBundleVolume).WithEmptyDir(applycorev1.EmptyDirVolumeSource()))
}
