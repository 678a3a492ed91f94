// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/internal/render"
)

// Annotations that the operator sets on Deployments.
const (
	// mountedAnnotation holds the UIDs of the ConfigMap and the Secret that the pods mount, to
	// recognize these if all children are orphaned together.
	mountedAnnotation = render.MountedAnnotation
	// firstSecretAnnotation holds the hash of the Deployment's first key.
	firstSecretAnnotation = render.FirstSecretAnnotation
	// secretAnnotation, on the pods, holds the hash of their key once it differs from the first.
	// Replacing the key restarts the pods; upgrading the operator does not.
	secretAnnotation = render.SecretAnnotation
)

// recordedUIDs returns the UIDs recorded on a trimmed Deployment of ours, none if it is nil.
func recordedUIDs(deployment client.Object) mountedUIDs {
	if deployment == nil {
		return nil
	}
	var known mountedUIDs
	for _, uid := range strings.Split(deployment.GetLabels()[mountedAnnotation], ",") {
		if uid != "" {
			known = append(known, types.UID(uid))
		}
	}
	return known
}

// mark adds the annotations to a rendered Deployment and to the pod templates that it may use. The
// live Deployment, the ConfigMap and the Secret may be nil.
func mark(config *applyappsv1.DeploymentApplyConfiguration, templates []*applycorev1.PodTemplateSpecApplyConfiguration, live, configMap client.Object, secret *corev1.Secret, key string) {
	var uids []string
	if configMap != nil {
		uids = append(uids, string(configMap.GetUID()))
	}
	if secret != nil {
		uids = append(uids, string(secret.UID))
		now := secretHash(secret.Data[key])
		first := now
		if live != nil && live.GetLabels()[firstSecretAnnotation] != "" {
			first = live.GetLabels()[firstSecretAnnotation]
		}
		config.WithAnnotations(map[string]string{firstSecretAnnotation: first})
		for _, template := range templates {
			if now != first {
				template.WithAnnotations(map[string]string{secretAnnotation: now})
			}
		}
	}
	if len(uids) > 0 {
		config.WithAnnotations(map[string]string{mountedAnnotation: strings.Join(uids, ",")})
	}
}

// secretHash returns a hash that distinguishes keys without revealing them.
func secretHash(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}
