// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// DefaultIdentityCreate is the default of ollama.identitySecretRef.create.
const DefaultIdentityCreate = false

// Names around Ollama's key.
//
// Source: ollama/ollama, auth/auth.go and cmd/cmd.go (initializeKeypair).
const (
	// IdentityKey is the key of the Secret that has the private key, and the file in Ollama's data folder
	// that it is mounted as.
	IdentityKey = "id_ed25519"
	// IdentityPublicKey is the key of a Secret that the operator creates that has the public key. Ollama
	// does not read it.
	IdentityPublicKey = "id_ed25519.pub"
	// IdentityVolume is the volume of the Secret.
	IdentityVolume = "llm-operator-identity"
)

// IdentityReference refers to a Secret with Ollama's key.
type IdentityReference struct {
	// Name of the Secret in the same namespace. Its key "id_ed25519" has an Ed25519 private
	// key in the format of OpenSSH, without a passphrase. The pods are replaced when it changes.
	// +required
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name" validate:"max=253"`

	// Whether the operator creates the Secret with a new key if there is none. It never
	// changes a Secret that exists, and deletes none. Defaults to false.
	// +optional
	// +kubebuilder:default=false
	Create *bool `json:"create,omitempty"`
}
