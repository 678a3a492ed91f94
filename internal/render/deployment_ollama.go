// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The Ollama image listens on port 11434, runs as root, and stores models and the server's key in
// /root/.ollama.
//
// Source: ollama/ollama, Dockerfile and envconfig/config.go.
const (
	ollamaPort     = 11434
	ollamaDataPath = "/root/.ollama"
	scriptsVolume  = "scripts"
	scriptsPath    = "/etc/llm-operator"
)

// pullDeadlineSeconds sets the progress deadline of Deployments whose pods pull models or wait for
// them. Pulling a 70b model, about 43 GB, at 100 Mbit/s takes an hour; Kubernetes' default is ten
// minutes.
const pullDeadlineSeconds = 2 * 60 * 60

func ollamaFiles(*v1alpha1.OllamaDeployment) (map[string]string, error) {
	return map[string]string{pullScript: pullScriptText, checkScript: checkScriptText, drainScript: drainScriptText}, nil
}

// ollamaPod returns the template of Ollama's pods. They pull the models in a postStart hook,
// because a container has not started, and is not probed, until its hook has finished.
func (p part) ollamaPod() *applycorev1.PodTemplateSpecApplyConfiguration {
	models := arguments(p.d.Spec.Ollama.Models)
	template, spec := p.podTemplate()
	spec.WithContainers(p.container(ollamaPort).
		WithEnv(p.ollamaEnv()...).
		WithLifecycle(p.ollamaLifecycle(models)).
		WithStartupProbe(probe(2, 5, 150).WithHTTPGet(httpGet("/"))).
		WithReadinessProbe(probe(p.ollamaReadinessPeriod(), 20, 3).WithExec(exec(script(checkScript, models)))).
		WithLivenessProbe(probe(20, 10, 6).WithHTTPGet(httpGet("/"))).
		WithVolumeMounts(
			mount(dataVolume, ollamaDataPath),
			mount(scriptsVolume, scriptsPath).WithReadOnly(true))).
		WithVolumes(p.dataVolumeSource(dataVolume), p.configVolume(scriptsVolume))
	return template
}

// ollamaLifecycle pulls the models after the container starts, and waits for running responses
// before it stops, which would cut them off.
//
// Source: ollama/ollama, server/routes.go (Serve: srvr.Close).
func (p part) ollamaLifecycle(models []string) *applycorev1.LifecycleApplyConfiguration {
	lifecycle := applycorev1.Lifecycle().
		WithPostStart(applycorev1.LifecycleHandler().WithExec(exec(script(pullScript, models))))
	if p.version >= podsThatDrain {
		lifecycle.WithPreStop(applycorev1.LifecycleHandler().WithExec(exec(script(drainScript, nil))))
	}
	return lifecycle
}

// ollamaReadinessPeriod returns the period of the readiness probe, in seconds. A kubelet that has
// just started waits for up to a period before the first probe.
//
// Source: kubernetes, pkg/kubelet/prober/worker.go.
func (p part) ollamaReadinessPeriod() int32 {
	if p.version < podsThatDrain {
		return 30
	}
	return 5
}

// ollamaEnv returns Ollama's environment. OLLAMA_NOPRUNE prevents servers that share a volume
// from deleting each other's partial downloads when they start.
//
// Source: ollama/ollama, server/routes.go (Serve) and envconfig/config.go (NoPrune).
func (p part) ollamaEnv() []*applycorev1.EnvVarApplyConfiguration {
	out := []*applycorev1.EnvVarApplyConfiguration{env("OLLAMA_HOST", "0.0.0.0:11434")}
	if p.noPrune {
		out = append(out, env("OLLAMA_NOPRUNE", "1"))
	}
	return out
}

// script returns the command that runs a mounted script with the arguments.
func script(name string, args []string) []string {
	return append([]string{"/bin/sh", scriptsPath + "/" + name}, args...)
}

// exec returns the action that runs a command.
func exec(command []string) *applycorev1.ExecActionApplyConfiguration {
	return applycorev1.ExecAction().WithCommand(command...)
}
