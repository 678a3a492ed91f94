// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// floatingTag matches tags whose image changes with each release or commit: names of branches,
// channels or variants, or several of these joined by "-". Dates and commits do not change.
//
// Source: the workflows of ollama/ollama (latest, rocm), open-webui/open-webui (main, dev,
// latest, cuda, cuda126, ollama, slim) and TabbyML/tabby (latest, nightly), and what other
// images use.
var floatingTag = regexp.MustCompile(`^(latest|main|master|dev|develop|edge|nightly|stable|beta|rc|` + variant + `)(-(latest|` + variant + `))*$`)

// openWebUIMinor matches tags of Open WebUI whose image changes with each patch release.
//
// Source: open-webui/open-webui, .github/workflows/docker-build.yaml.
var openWebUIMinor = regexp.MustCompile(`^v?[0-9]+\.[0-9]+(-(` + variant + `))*$`)

const variant = `rocm|cuda[0-9]*|vulkan|cpu|gpu|ollama|slim`

// imageWarnings returns the warnings about the component's image. A digest does not change.
func imageWarnings(c v1alpha1.Component) []Warning {
	image, tag, path := c.Image(), c.ImageTag(), c.Path()+".imageTag"
	if tag == "" {
		return nil
	}
	var out []Warning
	warning := warnFloatingTag
	if c.Database() != nil {
		warning = warnFloatingVersion
	}
	if floatingTag.MatchString(tag) || image == v1alpha1.DefaultOpenWebUIImage && openWebUIMinor.MatchString(tag) {
		out = warn(path, warning, tag)
	}
	device := amdDevice(c.Resources())
	if device != "" && !strings.Contains(strings.ToLower(image+tag), "rocm") {
		out = append(out, warn(path, warnNoROCm, device, c.ImageReference(), rocmSuggestion(image, tag))...)
	}
	return out
}

// amdDevice returns the first AMD device in the limits, "" if there is none.
func amdDevice(resources *v1alpha1.ResourceRequirements) corev1.ResourceName {
	if resources == nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(resources.Limits)) {
		if strings.HasPrefix(string(name), "amd.com/") {
			return name
		}
	}
	return ""
}

// rocmSuggestion returns the end of a message that suggests an image with ROCm, "" if it is not known.
func rocmSuggestion(image, tag string) string {
	tag, _, _ = strings.Cut(tag, "@")
	switch {
	case image == v1alpha1.DefaultOllamaImage && tag == v1alpha1.DefaultOllamaImageTag:
		return `; use the tag "rocm"`
	case image == v1alpha1.DefaultOllamaImage:
		return `; use the tag "` + tag + `-rocm"`
	case image == v1alpha1.DefaultTabbyImage:
		return `; leave the device to Ollama, or use the image "` + image + `-rocm"`
	default:
		return ""
	}
}
