// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Keys in the generated Secrets.
const (
	// OpenWebUISecretKey has the key that Open WebUI signs sessions with.
	OpenWebUISecretKey = "WEBUI_SECRET_KEY"
	// TabbySecretKey has the key that Tabby signs logins with.
	TabbySecretKey = v1alpha1.TabbyJWTSecretEnv
)

// A Secret describes a Secret with a randomly generated value. It is created once and never
// changed, because a new key would log out all users.
type Secret struct {
	// Name is the Secret's name; its namespace is its owner's.
	Name string
	// Key is the only key of the data.
	Key string
	// Labels are the labels of a child.
	Labels map[string]string
}

// Secrets returns the Secrets that the pods of d require.
func Secrets(d *v1alpha1.OllamaDeployment) []Secret {
	var secrets []Secret
	for _, c := range d.Spec.EnabledComponents() {
		if p := (part{Component: c, d: d}); renderers[c.Name].secretKey != "" {
			secrets = append(secrets, Secret{Name: p.name(), Key: renderers[c.Name].secretKey, Labels: p.labels()})
		}
	}
	return secrets
}
