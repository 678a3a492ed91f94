// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strings"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The Ollama image listens on port 11434, runs as root, and stores models and the server's key in
// /root/.ollama.
//
// Source: ollama/ollama, Dockerfile and envconfig/config.go.
const (
	ollamaPort     = 11434
	ollamaDataPath = v1alpha1.OllamaDataPath
	scriptsVolume  = v1alpha1.ScriptsVolume
	scriptsPath    = v1alpha1.ScriptsPath
)

// pullDeadlineSeconds sets the progress deadline of Deployments whose pods pull models or wait for
// them. Pulling a 70b model, about 43 GB, at 100 Mbit/s takes an hour; Kubernetes' default is ten
// minutes.
const pullDeadlineSeconds = 2 * 60 * 60

// ollamaFiles returns the scripts and the list of models, which pods read again and again: the pod template
// does not depend on it, so that changing the list restarts no pod.
func ollamaFiles(d *v1alpha1.OllamaDeployment) (map[string]string, error) {
	var models strings.Builder
	for _, model := range d.Spec.Ollama.Models {
		models.WriteString(string(model) + "\n")
	}
	files := map[string]string{
		modelsFile: models.String(), commonScript: commonScriptText, pullScript: pullScriptText,
		modelScript: modelScriptText, sharedScript: sharedScriptText, checkScript: checkScriptText, drainScript: drainScriptText,
		linkScript: linkScriptText,
	}
	if sources := sourcesOf(&d.Spec.Ollama); sources != "" {
		files[sourcesFile] = sources
	}
	return files, nil
}

// sourcesOf returns how models are pulled that are not pulled by their names from registries with TLS, in the
// format that pull-models.sh reads.
func sourcesOf(spec *v1alpha1.OllamaSpec) string {
	var out strings.Builder
	registries := spec.Source.Registries()
	for _, model := range spec.Models {
		from := registries.Download(model.Name())
		if !from.IsMirrored() && !from.Insecure {
			continue
		}
		insecure := ""
		if from.Insecure {
			insecure = "--insecure"
		}
		out.WriteString(strings.Join([]string{string(model), from.From, from.Model, insecure}, "\t") + "\n")
	}
	return out.String()
}

// ollamaPod returns the template of Ollama's pods. They pull the models beside the server, and are ready
// when they have them.
func (p part) ollamaPod() *applycorev1.PodTemplateSpecApplyConfiguration {
	template, spec := p.podTemplate()
	spec.WithContainers(p.container().
		WithEnv(p.ollamaEnv()...).
		WithLifecycle(ollamaLifecycle()).
		WithStartupProbe(probe(2, 5, 150).WithHTTPGet(httpGet("/"))).
		WithReadinessProbe(probe(5, 20, 3).WithExec(exec(script(checkScript, nil)))).
		WithLivenessProbe(probe(20, 10, 6).WithHTTPGet(httpGet("/"))).
		WithVolumeMounts(
			mount(dataVolume, p.ollamaDataPath()),
			mount(scriptsVolume, scriptsPath).WithReadOnly(true))).
		WithVolumes(p.dataVolumeSource(dataVolume), p.configVolume(scriptsVolume))
	p.withIdentity(spec)
	p.withModelImages(spec)
	return p.withUsers(template)
}

// ollamaDataPath returns the folder that Ollama keeps its data in, $HOME/.ollama.
func (p part) ollamaDataPath() string {
	if p.isRestricted() {
		return v1alpha1.RestrictedOllamaHome + "/.ollama"
	}
	return ollamaDataPath
}

// ollamaLifecycle starts pulling the models after the container starts, and waits for running responses
// before it stops, which would cut them off.
//
// Source: ollama/ollama, server/routes.go (Serve: srvr.Close).
func ollamaLifecycle() *applycorev1.LifecycleApplyConfiguration {
	return applycorev1.Lifecycle().
		WithPostStart(applycorev1.LifecycleHandler().WithExec(exec(script(pullScript, nil)))).
		WithPreStop(applycorev1.LifecycleHandler().WithExec(exec(script(drainScript, nil))))
}

// ollamaEnv returns Ollama's environment. OLLAMA_NOPRUNE prevents servers that share a volume
// from deleting each other's partial downloads when they start, and PULL_SHARED from pulling at the same
// time.
//
// Source: ollama/ollama, server/routes.go (Serve) and envconfig/config.go (NoPrune).
func (p part) ollamaEnv() []*applycorev1.EnvVarApplyConfiguration {
	out := []*applycorev1.EnvVarApplyConfiguration{env("OLLAMA_HOST", "0.0.0.0:11434")}
	if p.isRestricted() {
		out = append(out, env("HOME", v1alpha1.RestrictedOllamaHome))
	}
	if p.noPrune {
		out = append(out, env("OLLAMA_NOPRUNE", "1"), env("PULL_SHARED", "1"))
	}
	return append(out, settingsEnv(p.d.Spec.Ollama.Settings)...)
}

// script returns the command that runs a mounted script with the arguments.
func script(name string, args []string) []string {
	return append([]string{"/bin/sh", scriptsPath + "/" + name}, args...)
}

// exec returns the action that runs a command.
func exec(command []string) *applycorev1.ExecActionApplyConfiguration {
	return applycorev1.ExecAction().WithCommand(command...)
}
