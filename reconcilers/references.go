// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"time"

	"k8s.io/utils/ptr"

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
	webUI := d.Spec.OpenWebUI
	return d.Spec.Trust != nil || d.Spec.Ollama.IdentitySecretRef != nil ||
		webUI != nil && ptr.Deref(webUI.Enabled, false) && (webUI.Database != nil || webUI.Redis != nil)
}

// readReferences notes in the bundles the hashes of what their pods read of the user's objects when they start,
// so that pods are replaced when it changes, or that it cannot be used.
func (r *Reconciler) readReferences(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, all []bundle) error {
	trust, trustErr := r.readTrust(ctx, d)
	identity, identityErr := r.readIdentity(ctx, tracked, d)
	var urlsErr error
	for i := range all {
		all[i].refer(trustAnnotation, trust, trustErr)
		switch all[i].component {
		case v1alpha1.ComponentOllama:
			all[i].refer(identityAnnotation, identity, identityErr)
		case v1alpha1.ComponentOpenWebUI:
			urlsErr = r.readURLs(ctx, d, &all[i])
		}
	}
	return errors.Join(trustErr, identityErr, urlsErr)
}

// readURLs notes in the bundle of Open WebUI the URLs of its servers, or that one cannot be used.
func (r *Reconciler) readURLs(ctx context.Context, d *v1alpha1.OllamaDeployment, b *bundle) error {
	b.urls = map[string]string{}
	var errs []error
	read := func(annotation string, ref v1alpha1.SecretKeyReference, kind urlKind) {
		text, err := r.readURL(ctx, d.Namespace, ref, kind)
		b.urls[annotation], errs = text, append(errs, err)
		b.incomplete = b.incomplete || err != nil
	}
	if database := d.Spec.OpenWebUI.Database; database != nil {
		read(databaseAnnotation, database.URLSecretRef, databaseURL)
		c, _ := d.Spec.Component(b.component)
		b.version = c.ImageReference() + " " + databaseHash(b.urls[databaseAnnotation])
	}
	if redis := d.Spec.OpenWebUI.Redis; redis != nil {
		read(redisAnnotation, redis.URLSecretRef, redisURL)
	}
	return errors.Join(errs...)
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
