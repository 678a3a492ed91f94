// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strings"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The port is a flag of Tabby, which is the entrypoint of its image.
//
// Source: TabbyML/tabby, docker/Dockerfile.cuda and crates/tabby/src/serve.rs.
const tabbyPort = 8080

// WaitContainer names the init container of Tabby that waits for Ollama.
const WaitContainer = "wait-for-models"

func tabbyFiles(d *v1alpha1.OllamaDeployment) (map[string]string, error) {
	config, err := tabbyConfig(d)
	out := map[string]string{waitScript: waitScriptText, configFile: config}
	if placesTabbyData(d) {
		out[placeScript] = placeScriptText
	}
	return out, err
}

// tabbyPod returns the template of Tabby's pods. An init container waits for the models, because
// Tabby exits if one is not available. The probes get /metrics, which requires no token, unlike
// /v1/health, and is served once the models are found.
func (p part) tabbyPod() *applycorev1.PodTemplateSpecApplyConfiguration {
	ollama, _ := p.d.Spec.Component(v1alpha1.ComponentOllama)
	template, spec := p.podTemplate()
	template.WithAnnotations(map[string]string{ConfigHashAnnotation: hash(p.files[configFile])})
	spec.WithInitContainers(p.placeTabbyData(ollama.ImageReference())...)
	spec.WithInitContainers(p.initContainer(WaitContainer, ollama.ImageReference()).
		WithCommand(script(waitScript, arguments(tabbyModelsOf(p.d).distinct()))...).
		WithEnv(env("OLLAMA_HOST", tabbyOllamaAddress(p.d))).
		WithVolumeMounts(mount(v1alpha1.TabbyConfigVolume, scriptsPath).WithReadOnly(true)))
	spec.WithContainers(p.sleepBeforeStop(p.container()).
		WithArgs("serve", "--host", "0.0.0.0", "--port", fmt.Sprint(tabbyPort), "--device", device(p.Resources())).
		WithEnv(env(v1alpha1.TabbyRootEnv, p.tabbyRoot()), p.secretEnv()).
		WithEnv(p.embeddingEnv()...).
		WithStartupProbe(probe(5, 5, 120).WithHTTPGet(httpGet("/metrics"))).
		WithReadinessProbe(probe(10, 5, 3).WithHTTPGet(httpGet("/metrics"))).
		WithLivenessProbe(probe(20, 10, 6).WithHTTPGet(httpGet("/metrics"))).
		WithVolumeMounts(
			mount(v1alpha1.TabbyDataVolume, v1alpha1.TabbyDataPath),
			p.tabbyConfigMount()))
	spec.WithVolumes(p.dataVolumeSource(v1alpha1.TabbyDataVolume), p.configVolume(v1alpha1.TabbyConfigVolume))
	return p.withUsers(template)
}

// embeddingEnv returns the variable that makes Tabby 0.33 and later use the embedding model, if
// there is one and the user does not set the variable.
//
// Source: TabbyML/tabby, crates/tabby-common/src/config.rs (since pull request 4429).
func (p part) embeddingEnv() []*applycorev1.EnvVarApplyConfiguration {
	const name = "TABBY_EMBEDDING_ENABLED"
	if p.SetsEnv(name) || !tabbyModelsOf(p.d).embedding.IsEmbedding() {
		return nil
	}
	return []*applycorev1.EnvVarApplyConfiguration{env(name, "yes")}
}

// device returns the value of Tabby's flag --device: that of the GPU in the limits, else "cpu".
func device(resources *v1alpha1.ResourceRequirements) string {
	if resources == nil {
		return "cpu"
	}
	for _, known := range []struct{ vendor, device string }{{"nvidia.com/", "cuda"}, {"amd.com/", "rocm"}} {
		for name := range resources.Limits {
			if strings.HasPrefix(string(name), known.vendor) {
				return known.device
			}
		}
	}
	return "cpu"
}
