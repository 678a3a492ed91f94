// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKnownPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"":                                       "",
		"metadata.name":                          "metadata.name",
		"spec.ollama.models[12]":                 "spec.ollama.models",
		"spec.ollama.resources.requests[memory]": "spec.ollama.resources.requests",
		"spec.ollama.resources.requests[a]b.c[d]":           "spec.ollama.resources.requests",
		"spec.ollama.resources.limits[5].secret]":           "spec.ollama.resources.limits",
		"spec.tabby.volumes[0].hostPath":                    "spec.tabby.volumes.hostPath",
		"spec.tabby.envVars[3].valueFrom.secretKeyRef.name": "spec.tabby.envVars.valueFrom.secretKeyRef.name",
		"spec.tabby.envVars[s3cr3t].name":                   "spec.tabby.envVars.name",
		"spec.tabby.s3cr3t":                                 "spec.tabby",
		"s3cr3t":                                            "",
		"spec.openwebui.ingress.annotations":                "spec.openwebui.ingress.annotations",
	} {
		assert.Equal(t, want, knownPath(path), path)
	}
}
