// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"path"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateModelImages rejects images with models that the cluster cannot mount or that are listed twice, and
// what the user defines of Ollama's pods that would replace them.
func validateModelImages(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
	images := d.Spec.Ollama.ModelImages
	if len(images) == 0 {
		return nil
	}
	at := spec.Child("ollama", "modelImages")
	var errs field.ErrorList
	if opts.NoImageVolumes {
		errs = append(errs, field.Forbidden(at,
			"the cluster has no image volumes, which Kubernetes has by default from 1.35 on; remove them, and have the models pulled"))
	}
	seen := map[string]int{}
	for i, image := range images {
		key := normalized(image.Reference)
		first, found := seen[key]
		if !found {
			seen[key] = i
			continue
		}
		err := field.Duplicate(at.Index(i), image.Reference).WithOrigin(key)
		err.Detail = fmt.Sprintf("is the same image as %q in %s", images[first].Reference, at.Index(first))
		errs = append(errs, err)
	}
	for _, c := range d.Spec.Components() {
		if c.Name == v1alpha1.ComponentOllama {
			errs = append(errs, conflictsOf(c, spec.Child(string(c.Name)), "spec.ollama.modelImages", v1alpha1.ModelImagesPath, func(volume string) bool {
				return strings.HasPrefix(volume, v1alpha1.ModelImageVolumePrefix)
			})...)
			errs = append(errs, hiddenLinks(c, d.Spec.Security.IsRestricted(), spec.Child(string(c.Name)))...)
		}
	}
	return errs
}

// hiddenLinks rejects mounts that hide the links to the models of images, which an init container makes.
func hiddenLinks(c v1alpha1.Component, restricted bool, component *field.Path) field.ErrorList {
	models := v1alpha1.OllamaDataPath + "/models"
	if restricted {
		models = v1alpha1.RestrictedOllamaHome + "/.ollama/models"
	}
	var errs field.ErrorList
	for i, mount := range c.VolumeMounts() {
		if clean := path.Clean(mount.MountPath); clean == models || within(clean, models) {
			errs = append(errs, field.Forbidden(component.Child("volumeMounts").Index(i).Child("mountPath"),
				fmt.Sprintf("would hide the models of spec.ollama.modelImages in %s; use another path", models)))
		}
	}
	return errs
}

// normalized returns the reference with the registry that it leaves out.
func normalized(value string) string {
	named, err := reference.ParseNormalizedNamed(value)
	if err != nil {
		return value
	}
	return named.String()
}

// explainImageReference returns why an image cannot be mounted, "" if it can. Without a tag or a digest it would
// be the latest, whatever that is.
func explainImageReference(value string) string {
	if isPinned(value) {
		return ""
	}
	const grammar = `must be an image with a tag or a digest, such as "registry.example.com/models/llama:1"`
	bare := withoutScheme(strings.TrimSpace(value))
	name, _ := splitImage(bare)
	for _, meant := range []string{bare, strings.ToLower(name) + bare[len(name):], bare + ":latest", strings.ToLower(bare) + ":latest"} {
		if isPinned(meant) {
			return grammar + didYouMean(meant)
		}
	}
	return grammar
}

// isPinned reports whether the value is an image with a tag or a digest.
func isPinned(value string) bool {
	named, err := reference.ParseNormalizedNamed(value)
	return err == nil && !reference.IsNameOnly(named)
}
