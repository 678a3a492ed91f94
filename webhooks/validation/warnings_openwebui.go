// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func openWebUIWarnings(d *v1alpha1.OllamaDeployment, c v1alpha1.Component) []Warning {
	webUI := d.Spec.OpenWebUI
	out := slices.Concat(imageWarnings(c), sqlite(c), manyWarnings(webUI, c), storageWarnings(c), podWarnings(c))
	if model := webUI.DefaultModel; model != nil && model.Name().IsEmbedding() {
		out = append(out, warn(c.Path()+".defaultModel", warnEmbeddingChat, string(*model))...)
	}
	return out
}

// manyWarnings returns what several pods lack that share a database. They may have it by variables, and what is in
// envFrom is not known. During a rollout, one replica has several pods, too, which share its claim.
//
// Source: open-webui/docs, docs/troubleshooting/multi-replica.mdx (Core Requirements Checklist).
func manyWarnings(webUI *v1alpha1.OpenWebUISpec, c v1alpha1.Component) []Warning {
	if webUI.Database == nil || len(webUI.EnvFrom) > 0 {
		return nil
	}
	var out []Warning
	replicas := c.Replicas()
	if replicas > 1 && webUI.Redis == nil && !c.SetsEnv(v1alpha1.WebsocketRedisURLEnv) && !c.SetsEnv(v1alpha1.RedisURLEnv) {
		out = warn(c.Path()+".replicas", warnNoRedis, replicas)
	}
	if (replicas > 1 || c.SharesClaim()) && !c.SetsEnv("VECTOR_DB") && !c.SetsEnv("CHROMA_HTTP_HOST") {
		out = append(out, warn(c.Path()+".envVars", warnChroma)...)
	}
	if replicas > 1 && !c.HasClaim() && !c.SetsEnv("STORAGE_PROVIDER") {
		out = append(out, warn(c.Path()+".storage", warnUploads)...)
	}
	return out
}
