// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// DefaultTrustKey is the default of trust.configMapRef.key, as in the ConfigMaps of trust-manager and
// kube-root-ca.crt.
const DefaultTrustKey = "ca.crt"

// Names and paths in pods that trust authorities of the user.
const (
	// TrustVolume is the volume of the ConfigMap.
	TrustVolume = "llm-operator-trust"
	// TrustBundleVolume has the image's authorities and those of the ConfigMap in one file.
	TrustBundleVolume = "llm-operator-trust-bundle"
	// TrustPath is where the bundle is mounted.
	TrustPath = "/etc/llm-operator-trust"
)

// TrustEnv lists the variables that name the bundle.
//
// Source: crypto/x509, root_unix.go, and OpenSSL, X509_get_default_cert_file_env(3), for
// SSL_CERT_FILE; requests, "SSL Cert Verification", for REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE; git-config(1),
// http.sslCAInfo, for GIT_SSL_CAINFO.
var TrustEnv = []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"}

// TrustSpec names certificate authorities for the connections that pods open.
type TrustSpec struct {
	// ConfigMap in the same namespace with certificate authorities in PEM. The pods trust
	// them beside those of their images, and are replaced when they change.
	// +required
	ConfigMapRef ConfigMapKeyReference `json:"configMapRef"`
}

// ConfigMapKeyReference refers to a key of a ConfigMap.
type ConfigMapKeyReference struct {
	// Name of the ConfigMap.
	// +required
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name" validate:"max=253"`

	// Key of the ConfigMap. Defaults to "ca.crt".
	// +optional
	// +kubebuilder:default="ca.crt"
	// +kubebuilder:validation:MaxLength=253
	Key *string `json:"key,omitempty" validate:"omitnil,max=253"`
}
