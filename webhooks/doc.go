// Package webhooks is the admission of OllamaDeployments: thin adapters that
// call the API's own defaults, and the rules that a spec has to keep.
//
// Validate is a pure function, so that offline tools give the very answers that
// the cluster gives.
package webhooks
