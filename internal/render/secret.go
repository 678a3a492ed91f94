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

// Secret is a Secret that is made once, with contents that are drawn at random,
// and never changed: a new key would log every user out.
type Secret struct {
	// Name is the Secret's name; its namespace is its owner's.
	Name string
	// Key is the one key that it holds.
	Key string
	// Labels are its labels.
	Labels map[string]string
}

// Secrets returns the Secrets that the pods of d need.
func Secrets(d *v1alpha1.OllamaDeployment) []Secret {
	var secrets []Secret
	for _, c := range d.Spec.EnabledComponents() {
		if p := (part{Component: c, d: d}); renderers[c.Name].secretKey != "" {
			secrets = append(secrets, Secret{Name: p.name(), Key: renderers[c.Name].secretKey, Labels: p.labels()})
		}
	}
	return secrets
}
