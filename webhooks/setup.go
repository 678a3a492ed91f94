// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Paths of the webhooks in the generated webhook configurations.
const (
	// MutatePath serves the mutating webhook.
	MutatePath = "/mutate-llm-geeper-io-v1alpha1-ollamadeployment"
	// ValidatePath serves the validating webhook.
	ValidatePath = "/validate-llm-geeper-io-v1alpha1-ollamadeployment"
)

// Setup registers the webhooks with the manager's webhook server.
func Setup(mgr ctrl.Manager, opts validation.Options) {
	server := mgr.GetWebhookServer()
	shared := newLimits()
	server.Register(MutatePath, endpoint{shared, Mutating(opts)})
	server.Register(ValidatePath, endpoint{shared, Validating(opts)})
}

// Mutating returns the mutating webhook.
func Mutating(opts validation.Options) *admission.Webhook {
	return newWebhook(defaulter{opts})
}

// Validating returns the validating webhook.
func Validating(opts validation.Options) *admission.Webhook {
	return newWebhook(validator{opts})
}

func newWebhook(handler admission.Handler) *admission.Webhook {
	return &admission.Webhook{Handler: bounded{instrumented{handler}}, LogConstructor: requestLogger}
}
