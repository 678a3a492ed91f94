// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// fields are a part of an object in JSON.
type fields = map[string]any

// edit returns a merge patch of an object. Admission may refuse it: a claim does not shrink, for example.
func (g generator) edit(s slot) ([]byte, error) {
	spec := fields{}
	patch := fields{"spec": spec}
	switch g.Intn(18) {
	case 0, 1:
		spec["ollama"] = fields{"models": g.models()}
	case 2:
		spec["ollama"] = fields{"imageTag": pick(g, "0.11.0", "0.12.0", "0.12.1"), "service": g.service()}
	case 3:
		spec["ollama"] = fields{"resources": g.resources(0.5), "replicas": pick[any](g, 1, 2, nil)}
	case 4:
		spec["openwebui"] = g.openWebUI(s)
	case 5:
		spec["tabby"] = g.tabby(s)
	case 6:
		spec[pick(g, "openwebui", "tabby", "networkPolicy")] = nil
	case 7:
		spec["openwebui"] = fields{"enabled": g.chance(0.6), "ingress": g.ingress(s, "chat")}
	case 8:
		spec["tabby"] = fields{"enabled": g.chance(0.6), "replicas": pick[any](g, 1, 2, nil)}
	case 9:
		spec["networkPolicy"] = fields{"enabled": g.chance(0.7)}
	case 10, 11:
		spec[pick(g, "openwebui", "tabby")] = fields{"enabled": false}
	case 12:
		spec["paused"] = pick[any](g, true, false, nil)
	case 13:
		spec["trust"] = pick[any](g, g.trust(), nil, nil)
	case 14, 15:
		if g.chance(0.5) {
			spec["openwebui"] = fields{"route": g.route(s, "chat")}
		} else {
			spec["tabby"] = fields{"route": g.route(s, "tabby")}
		}
	case 16:
		spec["openwebui"] = fields{"database": pick[any](g, g.database(), nil), "redis": pick[any](g, g.redis(), nil, nil)}
	default:
		patch = fields{"metadata": fields{"annotations": fields{"example.com/edited": pick(g, "a", "b", "c")}}}
	}
	return json.Marshal(patch)
}

// A spoil makes a valid object invalid.
type spoil struct {
	name  string
	spoil func(*v1alpha1.OllamaDeployment)
}

// spoils has one entry for each way in which rules are evaluated: by the schema, by tags, and by functions.
var spoils = []spoil{
	{"no tag", func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2"} }},
	{"twice the same model", func(d *v1alpha1.OllamaDeployment) {
		d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b", "library/llama2:7b"}
	}},
	{"no replicas", func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Replicas = new(int32(0)) }},
	{"too many replicas", func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Replicas = new(int32(11)) }},
	{"tag in image", func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Image = new("ollama/ollama:0.12") }},
	{"host path", func(d *v1alpha1.OllamaDeployment) {
		d.Spec.Ollama.Volumes = []corev1.Volume{{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
	}},
	{"name of env", func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.EnvVars = []corev1.EnvVar{{Name: "a=b"}} }},
	{"model of Tabby", func(d *v1alpha1.OllamaDeployment) {
		d.Spec.Tabby = &v1alpha1.TabbySpec{Enabled: new(true), ModelName: new(v1alpha1.OllamaModel("starcoder:1b"))}
	}},
	{"ingress without host", func(d *v1alpha1.OllamaDeployment) {
		d.Spec.OpenWebUI = &v1alpha1.OpenWebUISpec{Enabled: new(true), Ingress: &v1alpha1.IngressSpec{Enabled: new(true)}}
	}},
}

// invalid returns an object that must be refused, and why.
func (g generator) invalid(s slot) (*v1alpha1.OllamaDeployment, string) {
	d, wrong := g.object(s), pick(g, spoils...)
	wrong.spoil(d)
	return d, wrong.name
}
