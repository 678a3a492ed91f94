// Package check validates objects offline, as the API server and the operator's
// webhooks would on creation.
package check
