// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
)

// Annotations of Deployments and their pods that depend on what is in the cluster. The reconciler adds them to
// what is rendered.
const (
	// MountedAnnotation, on Deployments, holds the UIDs of the ConfigMap and the Secret that the pods mount.
	MountedAnnotation = "llm.geeper.io/mounted"
	// FirstSecretAnnotation, on Deployments, holds the hash of their first key.
	FirstSecretAnnotation = "llm.geeper.io/first-secret-hash"
	// MigratedAnnotation, on Deployments, holds the image by which an external database is migrated, and the
	// hash of the database.
	MigratedAnnotation = "llm.geeper.io/migrated"
	// SecretAnnotation, on pods, holds the hash of their key once it differs from the first.
	SecretAnnotation = "llm.geeper.io/secret-hash"
	// TrustAnnotation, on pods, holds the hash of the certificate authorities that they trust.
	TrustAnnotation = "llm.geeper.io/trust-hash"
	// IdentityAnnotation, on pods, holds the hash of the public half of Ollama's key.
	IdentityAnnotation = "llm.geeper.io/identity-hash"
	// DatabaseAnnotation, on pods, holds the hash of the URL of Open WebUI's database.
	DatabaseAnnotation = "llm.geeper.io/database-hash"
	// RedisAnnotation, on pods, holds the hash of the URL of Open WebUI's Redis server.
	RedisAnnotation = "llm.geeper.io/redis-hash"
)

// RemoveMarks removes from the configuration of a Deployment the annotations that the reconciler adds to what is
// rendered.
func RemoveMarks(config *applyappsv1.DeploymentApplyConfiguration) {
	if config.ObjectMetaApplyConfiguration != nil {
		config.Annotations = withoutKeys(config.Annotations, MountedAnnotation, FirstSecretAnnotation, MigratedAnnotation)
	}
	if config.Spec == nil || config.Spec.Template == nil || config.Spec.Template.ObjectMetaApplyConfiguration == nil {
		return
	}
	template := config.Spec.Template
	template.Annotations = withoutKeys(template.Annotations,
		SecretAnnotation, TrustAnnotation, IdentityAnnotation, DatabaseAnnotation, RedisAnnotation)
}

// withoutKeys deletes the keys, and returns nil if no others are left.
func withoutKeys(values map[string]string, keys ...string) map[string]string {
	for _, key := range keys {
		delete(values, key)
	}
	if len(values) == 0 {
		return nil
	}
	return values
}
