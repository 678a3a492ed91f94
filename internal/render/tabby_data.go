// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// placesTabbyData reports whether an init container moves Tabby's data to its root directory, which
// differs for restricted pods. A new volume is empty, and has it where root expects it.
func placesTabbyData(d *v1alpha1.OllamaDeployment) bool {
	tabby, _ := d.Spec.Component(v1alpha1.ComponentTabby)
	return d.Spec.Security.IsRestricted() || tabby.HasClaim()
}

// placeTabbyData returns the init container that moves Tabby's data, if there may be any. It has the image
// of the other init container.
func (p part) placeTabbyData(image string) []*applycorev1.ContainerApplyConfiguration {
	if !placesTabbyData(p.d) || p.version < podsThatSpread && !p.isRestricted() {
		return nil
	}
	where := "volume"
	if p.isRestricted() {
		where = "folder"
	}
	return []*applycorev1.ContainerApplyConfiguration{p.initContainer("place-data", image).
		WithCommand(script(placeScript, []string{where, v1alpha1.TabbyDataPath, scriptsPath + "/" + configFile})...).
		WithVolumeMounts(
			mount(v1alpha1.TabbyDataVolume, v1alpha1.TabbyDataPath),
			mount(v1alpha1.TabbyConfigVolume, scriptsPath).WithReadOnly(true))}
}

// tabbyRoot returns Tabby's root directory.
func (p part) tabbyRoot() string {
	if p.isRestricted() {
		return v1alpha1.TabbyRestrictedRoot
	}
	return v1alpha1.TabbyDataPath
}

// tabbyConfigMount returns the mount of Tabby's configuration: a file of its root directory, or where the
// link in the root directory of restricted pods leads.
func (p part) tabbyConfigMount() *applycorev1.VolumeMountApplyConfiguration {
	config := mount(v1alpha1.TabbyConfigVolume, v1alpha1.TabbyConfigPath).WithSubPath(configFile)
	if p.isRestricted() {
		config = mount(v1alpha1.TabbyConfigVolume, scriptsPath)
	}
	return config.WithReadOnly(true)
}
