// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"time"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// referencesInterval is how often the ConfigMaps and Secrets of the user are read whose content the pods read
// only when they start. The cache has only children, and no Secrets.
const referencesInterval = 5 * time.Minute

// A referenceError reports that an object of the user that the spec names cannot be used. The components that
// use it stay as they are until it can.
type referenceError struct {
	// reason is that of the condition.
	reason string
	// what names the object and the field, and why completes the sentence.
	what, why string
}

func (e *referenceError) Error() string { return e.what + " " + e.why }

// isUnusable returns a function that reports whether an error is a referenceError of the reason.
func isUnusable(reason string) func(error) bool {
	return func(err error) bool {
		var found *referenceError
		return errors.As(err, &found) && found.reason == reason
	}
}

// hasReferences reports whether the spec names objects whose content has to be read again.
func hasReferences(d *v1alpha1.OllamaDeployment) bool {
	return d.Spec.Trust != nil || d.Spec.Ollama.IdentitySecretRef != nil
}

// readReferences notes in the bundles the hashes of what their pods read of the user's objects when they start,
// so that pods are replaced when it changes, or that it cannot be used.
func (r *Reconciler) readReferences(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, all []bundle) error {
	trust, trustErr := r.readTrust(ctx, d)
	identity, identityErr := r.readIdentity(ctx, tracked, d)
	for i := range all {
		all[i].refer(trustAnnotation, trust, trustErr)
		if all[i].component == v1alpha1.ComponentOllama {
			all[i].refer(identityAnnotation, identity, identityErr)
		}
	}
	return errors.Join(trustErr, identityErr)
}

// refer notes the hash of something that the pods use, "" if the spec names none, or that it cannot be used.
func (b *bundle) refer(annotation, hash string, err error) {
	b.incomplete = b.incomplete || err != nil
	if hash == "" {
		return
	}
	if b.hashes == nil {
		b.hashes = map[string]string{}
	}
	b.hashes[annotation] = hash
}
