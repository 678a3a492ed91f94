// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// withModelImages mounts the images with models, and has an init container link them into Ollama's folder.
// The mount path depends on the reference only, so that links of another pod of the volume are valid.
func (p part) withModelImages(spec *applycorev1.PodSpecApplyConfiguration) {
	images := p.d.Spec.Ollama.ModelImages
	if len(images) == 0 {
		return
	}
	main := &spec.Containers[0]
	args := []string{p.ollamaDataPath() + "/models", v1alpha1.ModelImagesPath}
	init := p.initContainer("link-models", p.ImageReference()).WithVolumeMounts(
		mount(dataVolume, p.ollamaDataPath()), mount(scriptsVolume, scriptsPath).WithReadOnly(true))
	for _, image := range images {
		name := v1alpha1.ModelImageVolumePrefix + hash(image.Reference)
		path := v1alpha1.ModelImagesPath + "/" + hash(image.Reference)
		source := applycorev1.ImageVolumeSource().WithReference(image.Reference)
		if image.PullPolicy != nil {
			source.WithPullPolicy(*image.PullPolicy)
		}
		spec.WithVolumes(applycorev1.Volume().WithName(name).WithImage(source))
		main.WithVolumeMounts(mount(name, path).WithReadOnly(true))
		init.WithVolumeMounts(mount(name, path).WithReadOnly(true))
		args = append(args, path, image.Reference)
	}
	spec.WithInitContainers(init.WithCommand(script(linkScript, args)...))
}
