// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Paths of the webhooks, as the generated configurations name them.
const (
	// MutatePath serves the defaults.
	MutatePath = "/mutate-llm-geeper-io-v1alpha1-ollamadeployment"
	// ValidatePath serves the rules.
	ValidatePath = "/validate-llm-geeper-io-v1alpha1-ollamadeployment"
)

// Setup registers the webhooks with the manager's webhook server.
func Setup(mgr ctrl.Manager, opts validation.Options) {
	server := mgr.GetWebhookServer()
	bound := newTurns()
	server.Register(MutatePath, endpoint{bound, Mutating(opts)})
	server.Register(ValidatePath, endpoint{bound, Validating(opts)})
}

// Mutating returns the webhook that applies the defaults.
func Mutating(opts validation.Options) *admission.Webhook {
	return newWebhook(defaulter{opts})
}

// Validating returns the webhook that evaluates the rules.
func Validating(opts validation.Options) *admission.Webhook {
	return newWebhook(validator{opts})
}

func newWebhook(handler admission.Handler) *admission.Webhook {
	return &admission.Webhook{Handler: bounded{instrumented{handler}}, LogConstructor: requestLogger}
}
