// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// object returns an object whose fields are mostly valid, at the bounds of what is valid.
func (g generator) object() *v1alpha1.OllamaDeployment {
	name := pick(g, "stack", "a", "a-1", strings.Repeat("a", v1alpha1.MaxNameLength), rarely(g, "b", "a.b"))
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: "00000000-0000-0000-0000-000000000000"}}
	d.Spec.Ollama = v1alpha1.OllamaSpec{
		Replicas: maybe(g, int32(1), 2, 10), Image: maybe(g, "ollama/ollama", "localhost:5000/a/b-c", "ghcr.io/a__b/c"),
		ImageTag: maybe(g, "latest", "0.12.6-rocm", "_A.b-C"), Resources: g.resources(), Service: g.service(),
		Models: []v1alpha1.OllamaModel{pick(g, v1alpha1.OllamaModel("llama2:7b"), "_x.y-Z:_q", "hf.co/a/B.c:Q4_K_M", "localhost:5000/a/codellama:13b")},
	}
	if g.IntN(2) == 0 {
		d.Spec.Ollama.Settings = g.settings()
	}
	if g.IntN(2) == 0 {
		d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "nomic-embed-text:latest")
	}
	if g.IntN(2) == 0 {
		d.Spec.OpenWebUI = &v1alpha1.OpenWebUISpec{
			Enabled: new(true), Replicas: maybe(g, int32(1), 5), Resources: g.resources(), Service: g.service(), Ingress: g.ingress(),
		}
	}
	if g.IntN(8) > 0 {
		d.Spec.Tabby = g.tabby()
	}
	d.Spec.NetworkPolicy = g.networkPolicy()
	d.Spec.Ollama.Storage = g.storage("models")
	if g.IntN(3) == 0 {
		d.Spec.Ollama.Pod = g.pod()
		d.Spec.Ollama.EnvVars = []corev1.EnvVar{g.env("A")}
		g.fill(&d.Spec.Ollama.EnvFrom)
	}
	if webUI := d.Spec.OpenWebUI; webUI != nil && g.IntN(3) == 0 {
		webUI.Pod, webUI.Storage = g.pod(), g.storage("chats")
		webUI.EnvVars = []corev1.EnvVar{g.env("A")}
		g.fill(&webUI.EnvFrom)
	}
	if webUI := d.Spec.OpenWebUI; webUI != nil && g.IntN(3) == 0 {
		webUI.Database, webUI.Redis = &v1alpha1.DatabaseSpec{URLSecretRef: g.secretURL()}, &v1alpha1.RedisSpec{URLSecretRef: g.secretURL()}
		webUI.DefaultModel, webUI.SignUp = maybe(g, d.Spec.Ollama.Models[0]), maybe(g, true, false)
	}
	if tabby := d.Spec.Tabby; tabby != nil && g.IntN(4) == 0 {
		tabby.Pod, tabby.Storage = g.pod(), g.storage("code")
		g.fill(&tabby.EnvFrom)
	}
	if g.IntN(3) == 0 {
		d.Spec.Security = &v1alpha1.SecuritySpec{
			Profile:   maybe(g, v1alpha1.SecurityBaseline, v1alpha1.SecurityRestricted, v1alpha1.SecurityRestricted),
			RunAsUser: maybe(g, intstr.FromInt32(1), intstr.FromInt32(v1alpha1.MaxRunAsUser), intstr.FromString(v1alpha1.RunAsFromCluster), rarely(g, intstr.FromInt32(1), intstr.FromInt32(0))),
		}
	}
	return d
}

// secretURL returns a reference to a key of a Secret.
func (g generator) secretURL() v1alpha1.SecretKeyReference {
	return v1alpha1.SecretKeyReference{
		Name: pick(g, "chats", "a.b", rarely(g, "c", "A b")), Key: maybe(g, "uri", "a.B_c", rarely(g, "url", "a b")),
	}
}

// storage returns settings of a claim, one that exists among them, or mostly nil.
func (g generator) storage(claim string) *v1alpha1.StorageSpec {
	if g.IntN(4) > 0 {
		return nil
	}
	return &v1alpha1.StorageSpec{
		ClassName: maybe(g, "fast", "", rarely(g, "a", "A")), Retain: maybe(g, true, false), ExistingClaim: maybe(g, claim, rarely(g, "a.b", "A")),
		AccessModes: pick(g, nil, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}),
	}
}

// pod returns settings whose fields are set with random values, of which most are invalid.
func (g generator) pod() *v1alpha1.PodSettings {
	pod := &v1alpha1.PodSettings{
		Labels: pick(g, nil, map[string]string{"team": "ml"}, rarely(g, nil, map[string]string{"a b": "c"})), NodeSelector: pick(g, nil, map[string]string{"a/b": ""}),
		Annotations:       g.annotations(),
		PriorityClassName: maybe(g, "high", rarely(g, "a", "A")), RuntimeClassName: maybe(g, "nvidia"), ImagePullPolicy: maybe(g, corev1.PullAlways, corev1.PullNever),
		TerminationGracePeriodSeconds: maybe(g, int64(1), 86400),
	}
	switch g.IntN(8) {
	case 0:
		g.fill(&pod.Tolerations)
	case 1:
		g.fill(&pod.Affinity)
	case 2:
		g.fill(&pod.TopologySpreadConstraints)
	case 3:
		g.fill(&pod.SecurityContext)
	case 4:
		g.fill(&pod.ResourceClaims)
	case 5:
		g.fill(&pod.ImagePullSecrets)
	}
	return pod
}

// annotations returns nil, or an annotation, mostly one that Kubernetes interprets.
func (g generator) annotations() map[string]string {
	return pick(g, nil, nil, map[string]string{"A.b/c": "é"}, map[string]string{
		pick(g, "controller.kubernetes.io/pod-deletion-cost", "kubernetes.io/config.mirror", "scheduler.alpha.kubernetes.io/tolerations",
			"seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.kubernetes.io/ollama",
			"container.apparmor.security.beta.kubernetes.io/ollama", "container.apparmor.security.beta.kubernetes.io/x", "a b",
		): pick(g, "", "0", "-1", "10", "+1", "007", "2147483648", "runtime/default", "unconfined", "localhost/a", `[{"operator": "Exists"}]`, "["),
	})
}

func (g generator) settings() *v1alpha1.OllamaSettings {
	return &v1alpha1.OllamaSettings{
		KeepAlive: maybe(g, "-1", "0", "1h30m", "99999.999h"), ContextLength: maybe(g, int32(4), 32768, 10485760), Parallel: maybe(g, int32(1), 256),
		MaxLoadedModels: maybe(g, int32(1), 100), KVCacheType: maybe(g, v1alpha1.KVCacheF16, v1alpha1.KVCacheQ8), FlashAttention: maybe(g, true, rarely(g, true, false)),
	}
}

func (g generator) tabby() *v1alpha1.TabbySpec {
	tabby := &v1alpha1.TabbySpec{
		Enabled: new(true), Replicas: maybe(g, int32(1), 5), Resources: g.resources(), Service: g.service(), Ingress: g.ingress(),
		OllamaServiceName: maybe(g, "other", "other.namespace.svc.cluster.local"), OllamaServicePort: maybe(g, int32(1), 11434, 65535),
	}
	for _, name := range []string{"A", "B", "A.b-c_D"}[g.IntN(4):] {
		tabby.EnvVars = append(tabby.EnvVars, g.env(name))
	}
	for _, name := range []string{"a", "b", pick(g, "a-b", rarely(g, "c", "a"), rarely(g, "d", "A"), rarely(g, "e", v1alpha1.TabbyDataVolume))}[g.IntN(4):] {
		volume := corev1.Volume{Name: name}
		g.fill(&volume.VolumeSource)
		if claim := volume.Ephemeral; claim != nil && claim.VolumeClaimTemplate != nil && g.IntN(4) > 0 {
			claim.VolumeClaimTemplate.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
			claim.VolumeClaimTemplate.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
		}
		tabby.Volumes = append(tabby.Volumes, volume)
	}
	for _, volume := range tabby.Volumes[:min(len(tabby.Volumes), g.IntN(3))] {
		tabby.VolumeMounts = append(tabby.VolumeMounts, g.mount(rarely(g, volume.Name, "other")))
	}
	return tabby
}

func (g generator) env(name string) corev1.EnvVar {
	env := corev1.EnvVar{Name: rarely(g, name, pick(g, "B", "1 2", "é", "a=b", v1alpha1.TabbyRootEnv)), Value: pick(g, "", "", "x $(B) y")}
	if g.IntN(3) > 0 {
		env.Value = rarely(g, "", "x")
		env.ValueFrom = &corev1.EnvVarSource{}
		g.fill(env.ValueFrom)
	}
	return env
}

func (g generator) mount(volume string) corev1.VolumeMount {
	mount := corev1.VolumeMount{}
	if g.IntN(4) == 0 {
		g.fill(&mount)
		mount.SubPathExpr = rarely(g, "", mount.SubPathExpr)
	}
	mount.Name = volume
	mount.MountPath = pick(g, "/x", "/y", "/z", "/x/y", "/data/repositories", "/x/../y", rarely(g, "/w", "x"), rarely(g, "/v", "/u:v"), rarely(g, "/t", "/data"))
	return mount
}

func (g generator) ingress() *v1alpha1.IngressSpec {
	ingress := &v1alpha1.IngressSpec{
		Enabled: maybe(g, true, false), ClassName: maybe(g, "nginx", "a.b", rarely(g, "c", "A")),
		Host: pick(g, "chat.example.com", "*.example.com", "a", rarely(g, "b", ""), rarely(g, "c", "A"), rarely(g, "d", "*"), rarely(g, "e", "1.2.3.4"),
			rarely(g, "f", strings.Repeat("a", 64)), rarely(g, "g", strings.Repeat("a.", 126)+"a")),
		Annotations: pick(g, nil, nil, map[string]string{"a.b/c": "", "nginx.ingress.kubernetes.io/proxy-body-size": "0"},
			map[string]string{"kubernetes.io/ingress.class": pick(g, "nginx", "a.b", "")}, rarely(g, nil, map[string]string{"a b": ""})),
	}
	if g.IntN(3) == 0 {
		ingress.TLS = &networkingv1.IngressTLS{
			Hosts:      pick(g, nil, []string{ingress.Host}, []string{ingress.Host, pick(g, "other.example.com", "*.a", "*", "A", "-")}),
			SecretName: pick(g, "", "tls.a", rarely(g, "tls", "A")),
		}
	}
	return ingress
}

// amounts has quantities by the name of the resource.
var amounts = map[corev1.ResourceName][]string{
	corev1.ResourceCPU: {"1", "500m", "1m", "1n"}, corev1.ResourceMemory: {"1Gi", "1Mi", "0.5Gi", "1.1Gi", "512m", "1"},
	corev1.ResourceStorage: {"1Gi", "1Mi", "1"}, corev1.ResourceEphemeralStorage: {"1Gi", "1.1Gi"},
	"hugepages-2Mi": {"2Mi", "4Mi", "3Mi"}, "hugepages-1Gi": {"1Gi", "1Mi"}, "nvidia.com/gpu": {"1", "2", "500m", "1.5"}, "example.com/a.b_c-D": {"1"},
	"foo": {"1"}, "hugepages-3Mi": {"3Mi"}, "kubernetes.io/x": {"1"}, "requests.a/b": {"1"}, "a/b": {"1"}, corev1.ResourceName(strings.Repeat("a", 60) + "/b"): {"1"},
}

func (g generator) resources() *v1alpha1.ResourceRequirements {
	if g.IntN(3) > 0 {
		return nil
	}
	r := &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{}, Requests: corev1.ResourceList{}}
	names := []corev1.ResourceName{
		corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceStorage, corev1.ResourceEphemeralStorage, "hugepages-2Mi", "hugepages-1Gi", "nvidia.com/gpu", "example.com/a.b_c-D",
		rarely[corev1.ResourceName](g, "cpu", "foo"), rarely[corev1.ResourceName](g, "cpu", "hugepages-3Mi"), rarely[corev1.ResourceName](g, "cpu", "kubernetes.io/x"),
		rarely[corev1.ResourceName](g, "cpu", "requests.a/b"), rarely[corev1.ResourceName](g, "cpu", "a/b"),
		rarely(g, "cpu", corev1.ResourceName(strings.Repeat("a", 60)+"/b")),
	}
	for _, name := range names {
		amount := resource.MustParse(amounts[name][0])
		if g.IntN(8) == 0 {
			amount = resource.MustParse(pick(g, amounts[name]...))
		}
		switch g.IntN(8) {
		case 0, 1:
			r.Requests[name], r.Limits[name] = amount, amount
		case 2:
			r.Limits[name] = amount
		case 3:
			if name == corev1.ResourceCPU || name == corev1.ResourceMemory || name == corev1.ResourceStorage || g.IntN(16) == 0 {
				r.Requests[name] = amount
			}
		}
	}
	return r
}
