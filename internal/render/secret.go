// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Keys in the generated Secrets.
const (
	// OpenWebUISecretKey signs the sessions of Open WebUI.
	OpenWebUISecretKey = "WEBUI_SECRET_KEY"
	// TabbySecretKey signs the logins of Tabby.
	TabbySecretKey = v1alpha1.TabbyJWTSecretEnv
)

// A Secret describes a Secret with a randomly generated value. It is created once and never
// changed, because a new key would log out all users.
type Secret struct {
	// Name of the Secret, in the namespace of its owner.
	Name string
	// Key of the value; the data have no others.
	Key    string
	Labels map[string]string
}

// Secrets returns the Secrets that the pods of d require.
func Secrets(d *v1alpha1.OllamaDeployment) []Secret {
	var secrets []Secret
	for _, c := range d.Spec.EnabledComponents() {
		if p := (part{Component: c, renderer: renderers[c.Name], d: d}); p.secretKey != "" {
			secrets = append(secrets, Secret{Name: p.name(), Key: p.secretKey, Labels: p.labels()})
		}
	}
	return secrets
}
