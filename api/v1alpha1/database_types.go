// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/utils/ptr"

// DefaultURLKey is the default of the keys of Secrets with a URL.
const DefaultURLKey = "url"

// DatabaseSpec configures the database of Open WebUI.
type DatabaseSpec struct {
	// Secret in the same namespace with the URL of a PostgreSQL database, such as
	// "postgresql://user:password@host:5432/database". The pods are replaced when it changes.
	// +required
	URLSecretRef SecretKeyReference `json:"urlSecretRef"`
}

// RedisSpec configures the Redis server that the pods of Open WebUI share sessions and websockets
// through.
type RedisSpec struct {
	// Secret in the same namespace with the URL of a Redis server, such as
	// "redis://:password@host:6379/0". The pods are replaced when it changes.
	// +required
	URLSecretRef SecretKeyReference `json:"urlSecretRef"`
}

// SecretKeyReference refers to a key of a Secret that has a URL.
type SecretKeyReference struct {
	// Name of the Secret.
	// +required
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name" validate:"max=253"`

	// Key of the Secret. Defaults to "url".
	// +optional
	// +kubebuilder:default="url"
	// +kubebuilder:validation:MaxLength=253
	Key *string `json:"key,omitempty" validate:"omitnil,max=253"`
}

// KeyOrDefault returns the key of the Secret, the default if it is unset.
func (r SecretKeyReference) KeyOrDefault() string { return ptr.Deref(r.Key, DefaultURLKey) }
