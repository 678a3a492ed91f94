// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	_ "embed"
	"fmt"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The Open WebUI image listens on port $PORT, and stores data in /app/backend/data, where it also
// ships caches.
//
// Source: open-webui/open-webui, Dockerfile and backend/start.sh.
const (
	openWebUIPort     = 8080
	openWebUIDataPath = v1alpha1.OpenWebUIDataPath
	seedPath          = "/seed"
)

//go:embed scripts/seed-data.sh
var seedScript string

func (p part) openWebUIPod() *applycorev1.PodTemplateSpecApplyConfiguration {
	script := seedScript
	if p.version < podsWithLogTail {
		script = earlierSeedScript
	}
	template, spec := p.podTemplate()
	spec.WithInitContainers(p.initContainer("seed-data", p.ImageReference()).
		WithCommand("/bin/sh", "-c", script, "seed-data", openWebUIDataPath, seedPath).
		WithVolumeMounts(mount(dataVolume, seedPath))).
		WithContainers(p.sleepBeforeStop(p.container()).
			WithEnv(p.openWebUIHome()...).
			WithEnv(
				env("OLLAMA_BASE_URL", ownOllamaAddress(p.d)),
				env("PORT", fmt.Sprint(openWebUIPort)),
				p.secretEnv()).
			WithEnv(p.openWebUIFields()...).
			WithStartupProbe(probe(5, 5, 120).WithHTTPGet(httpGet("/health"))).
			WithReadinessProbe(probe(10, 5, 3).WithHTTPGet(httpGet("/health"))).
			WithLivenessProbe(probe(20, 10, 6).WithHTTPGet(httpGet("/health"))).
			WithVolumeMounts(mount(dataVolume, openWebUIDataPath))).
		WithVolumes(p.dataVolumeSource(dataVolume))
	return p.withUsers(template)
}

// openWebUIHome returns the home of users that cannot enter /root, the home that the image sets. Libraries
// of Open WebUI have caches there.
func (p part) openWebUIHome() []*applycorev1.EnvVarApplyConfiguration {
	if !p.isRestricted() {
		return nil
	}
	return []*applycorev1.EnvVarApplyConfiguration{env("HOME", "/tmp")}
}
