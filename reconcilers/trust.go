// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// trustAnnotation, on the pods, holds the hash of the certificate authorities that they trust. They
// read them only when they start.
const trustAnnotation = render.TrustAnnotation

// readTrust returns a hash of the certificate authorities that the pods trust, "" if the spec has none. It
// returns a referenceError if they cannot be used.
func (r *Reconciler) readTrust(ctx context.Context, d *v1alpha1.OllamaDeployment) (string, error) {
	if d.Spec.Trust == nil {
		return "", nil
	}
	ref := d.Spec.Trust.ConfigMapRef
	unusable := func(why string) error {
		return &referenceError{v1alpha1.ReasonTrustNotUsable, fmt.Sprintf("ConfigMap %q of spec.trust", ref.Name), why}
	}
	key, configMap := client.ObjectKey{Namespace: d.Namespace, Name: ref.Name}, &corev1.ConfigMap{}
	if err := r.APIReader.Get(ctx, key, configMap); client.IgnoreNotFound(err) != nil {
		return "", &requestError{fmt.Sprintf("reading ConfigMap %q", ref.Name), err}
	} else if err != nil {
		return "", unusable("does not exist")
	}
	name := ptr.Deref(ref.Key, v1alpha1.DefaultTrustKey)
	text, found := configMap.Data[name]
	if !found {
		text = string(configMap.BinaryData[name])
	}
	if why := explainAuthorities(name, []byte(text)); why != "" {
		return "", unusable(why)
	}
	return secretHash([]byte(text)), nil
}

// explainAuthorities returns why programs cannot read certificate authorities, "" if they can.
func explainAuthorities(key string, text []byte) string {
	count := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		count++
		if block.Type != "CERTIFICATE" {
			return fmt.Sprintf("has a %s in the key %q, which must have certificates only", block.Type, key)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return fmt.Sprintf("has an invalid certificate in the key %q, number %d: %v", key, count, err)
		}
	}
	if count == 0 {
		return fmt.Sprintf("has no certificates in PEM in the key %q", key)
	}
	return ""
}
