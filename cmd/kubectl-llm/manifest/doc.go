// Package manifest reads Kubernetes manifests, and knows on which line and column of
// which file each of their fields stands.
package manifest
