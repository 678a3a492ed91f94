// Package webhooks serves the admission of OllamaDeployments: the handlers apply the API's
// defaults and the rules of package validation, within bounds, and count what they did.
package webhooks
