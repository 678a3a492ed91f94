package webhooks

import (
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Paths of the webhooks, as the generated configurations name them.
const (
	// MutatePath serves the defaults.
	MutatePath = "/mutate-llm-geeper-io-v1alpha1-ollamadeployment"
	// ValidatePath serves the rules.
	ValidatePath = "/validate-llm-geeper-io-v1alpha1-ollamadeployment"
)

// Setup registers the webhooks with the manager's webhook server.
func Setup(mgr ctrl.Manager, opts Options) {
	server := mgr.GetWebhookServer()
	server.Register(MutatePath, Mutating(mgr.GetScheme(), opts))
	server.Register(ValidatePath, Validating(mgr.GetScheme(), opts))
}

// Mutating is the webhook that fills in the defaults.
func Mutating(scheme *runtime.Scheme, opts Options) *admission.Webhook {
	return &admission.Webhook{Handler: observed{defaulter{decoder: admission.NewDecoder(scheme), opts: opts}}}
}

// Validating is the webhook that refuses what breaks a rule.
func Validating(scheme *runtime.Scheme, opts Options) *admission.Webhook {
	hook := admission.WithValidator[*v1alpha1.OllamaDeployment](scheme, validator{opts: opts})
	hook.Handler = observed{hook.Handler}
	return hook
}
