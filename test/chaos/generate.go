// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math/rand"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// models are listed by objects, often. Those of the second list cannot be pulled.
var (
	models   = []string{"llama2:7b", "codellama:7b", "qwen2.5-coder:1.5b", "nomic-embed-text:latest", "llama3.2:3b", "mistral:7b"}
	noModels = []string{"not-found:latest", "slow/llama3.2:1b", "broken/phi3:3b"}
)

// A generator makes objects and changes of them.
type generator struct{ *rand.Rand }

func (g generator) chance(share float64) bool { return g.Float64() < share }

// pick returns one of the choices.
func pick[T any](g generator, choices ...T) T { return choices[g.Intn(len(choices))] }

// maybe returns a pointer to one of the choices, or nil.
func maybe[T any](g generator, share float64, choices ...T) *T {
	if !g.chance(share) {
		return nil
	}
	return new(pick(g, choices...))
}

// object returns a valid object without defaults.
func (g generator) object(s slot) *v1alpha1.OllamaDeployment {
	d := &v1alpha1.OllamaDeployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind},
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: s.name},
		Spec:       v1alpha1.OllamaDeploymentSpec{Ollama: g.ollama(s)},
	}
	if g.chance(0.6) {
		d.Spec.OpenWebUI = g.openWebUI(s)
	}
	if g.chance(0.5) {
		d.Spec.Tabby = g.tabby(s)
	}
	if g.chance(0.3) {
		d.Spec.NetworkPolicy = &v1alpha1.NetworkPolicySpec{Enabled: maybe(g, 0.9, true, true, false)}
	}
	if g.chance(0.2) {
		d.Spec.Security = &v1alpha1.SecuritySpec{Profile: maybe(g, 0.8, v1alpha1.SecurityBaseline, v1alpha1.SecurityRestricted)}
	}
	if g.chance(0.1) {
		d.Spec.Trust = g.trust()
	}
	d.Spec.Paused = maybe(g, 0.1, true, false)
	return d
}

func (g generator) models() []v1alpha1.OllamaModel {
	order := g.Perm(len(models))
	out := make([]v1alpha1.OllamaModel, 0, 3)
	for _, i := range order[:1+g.Intn(3)] {
		out = append(out, v1alpha1.OllamaModel(models[i]))
	}
	if g.chance(0.1) {
		out = append(out, v1alpha1.OllamaModel(pick(g, noModels...)))
	}
	return out
}

func (g generator) ollama(s slot) v1alpha1.OllamaSpec {
	spec := v1alpha1.OllamaSpec{
		Models:             g.models(),
		Replicas:           maybe(g, 0.5, int32(1), 2, 3),
		ImageTag:           maybe(g, 0.5, "0.11.0", "0.12.0", "0.12.1"),
		Resources:          g.resources(0.3),
		ModelUpdatePolicy:  maybe(g, 0.2, v1alpha1.ModelUpdateNever, v1alpha1.ModelUpdateOnRollout),
		ModelRemovalPolicy: maybe(g, 0.2, v1alpha1.ModelRemovalDelete, v1alpha1.ModelRemovalKeep),
		EnvVars:            g.env(),
		Pod:                g.pod(),
		Service:            g.service(),
	}
	spec.Storage = g.storage(s, spec.Resources, spec.Replicas)
	if g.chance(0.2) {
		spec.Settings = &v1alpha1.OllamaSettings{ContextLength: maybe(g, 0.5, int32(4096), 8192), Parallel: maybe(g, 0.5, int32(1), 2)}
	}
	if spec.Service == nil {
		spec.ServicePort = maybe(g, 0.1, int32(8000), 11434) // a deprecated field
	}
	if g.chance(0.1) {
		spec.IdentitySecretRef = &v1alpha1.IdentityReference{Name: s.name + "-identity", Create: new(true)}
	}
	return spec
}

func (g generator) openWebUI(s slot) *v1alpha1.OpenWebUISpec {
	spec := &v1alpha1.OpenWebUISpec{
		Enabled:   maybe(g, 0.95, true, true, true, false),
		Replicas:  maybe(g, 0.3, int32(1), 2),
		ImageTag:  maybe(g, 0.5, "v0.6.30", "v0.6.31"),
		Resources: g.resources(0.4),
		EnvVars:   g.env(),
		Pod:       g.pod(),
		Service:   g.service(),
		Ingress:   g.ingress(s, "chat"),
		Route:     g.route(s, "chat"),
		SignUp:    maybe(g, 0.2, true, false),
	}
	if g.chance(0.15) {
		spec.Database = g.database()
	}
	if g.chance(0.1) {
		spec.Redis = g.redis()
	}
	spec.Storage = g.storage(s, spec.Resources, spec.Replicas)
	return spec
}

func (g generator) tabby(s slot) *v1alpha1.TabbySpec {
	spec := &v1alpha1.TabbySpec{
		Enabled:   maybe(g, 0.95, true, true, true, false),
		Replicas:  maybe(g, 0.2, int32(1), 2),
		ImageTag:  maybe(g, 0.5, "0.30.0", "0.31.0"),
		Resources: g.resources(0.4),
		EnvVars:   g.env(),
		Service:   g.service(),
		Ingress:   g.ingress(s, "tabby"),
		Route:     g.route(s, "tabby"),
	}
	spec.Storage = g.storage(s, spec.Resources, spec.Replicas)
	return spec
}

func (g generator) resources(storage float64) *v1alpha1.ResourceRequirements {
	out := &v1alpha1.ResourceRequirements{}
	if g.chance(0.3) {
		out.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(pick(g, "16Gi", "24Gi"))}
	}
	if g.chance(storage) {
		out.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(pick(g, "1Gi", "2Gi", "5Gi"))}
	}
	if out.Limits == nil && out.Requests == nil {
		return nil
	}
	return out
}

func (g generator) storage(s slot, resources *v1alpha1.ResourceRequirements, replicas *int32) *v1alpha1.StorageSpec {
	if resources.StorageSize() == nil {
		return nil
	}
	out := &v1alpha1.StorageSpec{}
	if s.role == dropper {
		out.Retain = maybe(g, 0.7, true, false, false)
	}
	if replicas != nil && *replicas > 1 && g.chance(0.3) {
		out.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
	}
	if out.Retain == nil && out.AccessModes == nil {
		return nil
	}
	return out
}

func (g generator) env() []corev1.EnvVar {
	if !g.chance(0.2) {
		return nil
	}
	return []corev1.EnvVar{{Name: pick(g, "CHAOS_A", "CHAOS_B"), Value: pick(g, "1", "2", "")}}
}

func (g generator) pod() *v1alpha1.PodSettings {
	if !g.chance(0.2) {
		return nil
	}
	return &v1alpha1.PodSettings{
		Labels:                        map[string]string{"team": pick(g, "a", "b")},
		Annotations:                   map[string]string{"example.com/note": pick(g, "x", "y")},
		TerminationGracePeriodSeconds: maybe(g, 0.5, int64(5), 30),
	}
}

func (g generator) service() *v1alpha1.ServiceSpec {
	if !g.chance(0.3) {
		return nil
	}
	return &v1alpha1.ServiceSpec{
		Type:        maybe(g, 0.5, corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer),
		Port:        maybe(g, 0.5, int32(80), 9000, 9001),
		Annotations: map[string]string{"example.com/service": pick(g, "x", "y")},
	}
}

func (g generator) ingress(s slot, host string) *v1alpha1.IngressSpec {
	if !g.chance(0.3) {
		return nil
	}
	return &v1alpha1.IngressSpec{
		Enabled:   maybe(g, 0.9, true, true, false),
		Host:      fmt.Sprintf("%s-%s.%s.example.com", host, s.name, s.namespace),
		ClassName: maybe(g, 0.3, "nginx", "traefik"),
	}
}
