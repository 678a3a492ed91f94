// Package manifest reads Kubernetes manifests and finds the file, line and column of each
// field.
package manifest
