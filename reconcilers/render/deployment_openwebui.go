package render

import (
	"fmt"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The Open WebUI image listens on $PORT and keeps its data, and caches that it
// ships with, below /app/backend/data.
//
// Source: open-webui/open-webui, Dockerfile and backend/start.sh.
const (
	openWebUIPort     = 8080
	openWebUIDataPath = "/app/backend/data"
	seedPath          = "/seed"
)

// seedScript copies the folder $1 into the volume $2, once. The volume hides what
// the image ships in its data folder, which would be downloaded again.
const seedScript = `[ -e "$2/.seeded" ] || { cp -R "$1/." "$2/" && : >"$2/.seeded"; }`

func (p part) openWebUIPod() *applycorev1.PodTemplateSpecApplyConfiguration {
	ollama := p.d.Spec.Ollama.Service
	if ollama == nil {
		ollama = &v1alpha1.ServiceSpec{}
	}
	url := fmt.Sprintf("http://%s:%d", v1alpha1.ChildName(p.d.Name, v1alpha1.ComponentOllama), deref(ollama.Port))
	template, spec := p.podTemplate()
	spec.WithInitContainers(p.initContainer("seed-data", p.image).
		WithCommand("/bin/sh", "-c", seedScript, "seed-data", openWebUIDataPath, seedPath).
		WithVolumeMounts(mount(dataVolume, seedPath))).
		WithContainers(p.container(openWebUIPort).
			WithEnv(
				env("OLLAMA_BASE_URL", url),
				env("PORT", fmt.Sprint(openWebUIPort)),
				p.secretEnv(OpenWebUISecretKey)).
			WithStartupProbe(probe(5, 5, 120).WithHTTPGet(httpGet("/health"))).
			WithReadinessProbe(probe(10, 5, 3).WithHTTPGet(httpGet("/health"))).
			WithLivenessProbe(probe(20, 10, 6).WithHTTPGet(httpGet("/health"))).
			WithVolumeMounts(mount(dataVolume, openWebUIDataPath))).
		WithVolumes(p.dataVolumeSource(dataVolume))
	return template
}
