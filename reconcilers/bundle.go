// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// A bundle holds the rendered children of one component, which all have the same name.
type bundle struct {
	component v1alpha1.ComponentName
	name      string
	secret    *render.Secret
	objects   []render.Object
	// hashes are annotations of the pods with hashes of what they read of the user's objects when they start.
	// The component stays as it is while it is incomplete, because something of that cannot be used.
	hashes     map[string]string
	incomplete bool
	// urls are the URLs of the user's Secrets that the pods read when they start, by the annotation of the
	// pods that has their hash. They are secret.
	urls map[string]string
	// version identifies the image and the external database that it has to migrate, "" if there is none.
	version string
	// existingClaim names the claim that the user provides, "" if there is none.
	existingClaim string
}

// bundles returns the enabled components of d, in the order in which they are applied.
func bundles(d *v1alpha1.OllamaDeployment, opts render.Options) ([]bundle, error) {
	objects, err := render.Objects(d, opts)
	if err != nil {
		return nil, err
	}
	secrets := render.Secrets(d)
	var all []bundle
	for _, component := range v1alpha1.ComponentNames() {
		b := bundle{component: component, name: v1alpha1.ChildName(d.Name, component)}
		for _, object := range objects {
			if object.Name == b.name {
				b.objects = append(b.objects, object)
			}
		}
		for i := range secrets {
			if secrets[i].Name == b.name {
				b.secret = &secrets[i]
			}
		}
		if c, found := d.Spec.Component(component); found {
			b.existingClaim = c.ExistingClaim()
		}
		if len(b.objects) > 0 {
			all = append(all, b)
		}
	}
	return all, nil
}

// A bundleState holds the live children of a component.
type bundleState struct {
	// children are trimmed; there is no entry for one that does not exist.
	children map[schema.GroupVersionKind]client.Object
	// assumed is the kind of the child that pods mount and that is absent unless applying it says otherwise; it is
	// empty if there is none.
	assumed schema.GroupVersionKind
	// secret is nil where there is none.
	secret *corev1.Secret
	// existingClaim is the live claim that the user provides; nil where there is none.
	existingClaim *corev1.PersistentVolumeClaim
	// autoscaled reports whether an autoscaler sets the Deployment's replicas.
	autoscaled bool
	// version is the bundle's, and pods is how many pods there are if it is not empty, those of a Deployment
	// that was deleted included.
	version string
	pods    int
	// known has the UIDs that are on record for the Deployment's pods, if it is ours.
	known mountedUIDs
}

// claim returns the component's claim, or nil if there is none or it is not ours. A claim that is
// no longer rendered counts, because it is retained along with the Secret that its data needs.
func (s bundleState) claim(d *v1alpha1.OllamaDeployment) client.Object {
	claim, found := s.children[render.KindPersistentVolumeClaim]
	if !found || claimKind.ownership(claim, d, nil) != ours {
		return nil
	}
	return claim
}

// assumeAbsent reports whether a child that the cache does not have is taken to be absent: the children of a new
// object are, and applying them fails if they are not, after which the API server is asked. Of those that pods mount
// it is only the first, because nothing may be touched before all of them are known: it is applied before anything
// else.
func (s *bundleState) assumeAbsent(kind childKind, isNew bool) bool {
	if !isNew || kind.mounted && !s.assumed.Empty() {
		return false
	}
	if kind.mounted {
		s.assumed = kind.gvk
	}
	return true
}

// readChildren reads the children of a component.
func (r *Reconciler) readChildren(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle) (bundleState, error) {
	state := bundleState{children: map[schema.GroupVersionKind]client.Object{}, version: b.version}
	key := client.ObjectKey{Namespace: d.Namespace, Name: b.name}
	for _, object := range b.objects {
		kind, err := kindFor(object.Kind)
		if err != nil {
			return state, err
		}
		read := r.read
		if state.assumeAbsent(kind, tracked.isNew(d)) {
			read = r.readCache
		}
		live, err := read(ctx, tracked, kind, key)
		if err != nil {
			return state, err
		}
		if live != nil {
			state.children[object.Kind] = live
		}
	}
	var err error
	if state.existingClaim, err = r.readExistingClaim(ctx, d.Namespace, b.existingClaim); err != nil {
		return state, err
	}
	if b.version != "" {
		if state.pods, err = r.countPods(ctx, d, b.component); err != nil {
			return state, err
		}
	}
	if b.secret != nil {
		if err := r.readSecretAndClaim(ctx, tracked, key, &state); err != nil {
			return state, err
		}
	}
	deployment := state.children[render.KindDeployment]
	if deployment == nil {
		return state, nil
	}
	if deploymentKind.ownership(deployment, d, nil) == ours {
		state.known = recordedUIDs(deployment)
	}
	state.autoscaled, err = isAutoscaled(ctx, r.Client, d.Namespace, appsDeployment, b.name)
	return state, err
}

// readSecretAndClaim reads the Secret, and the claim that may own it even if no claim is rendered
// anymore. A claim without our labels, which the cache does not hold, is read from the API server
// only if it may be the owner.
func (r *Reconciler) readSecretAndClaim(ctx context.Context, tracked *trackedObject, key client.ObjectKey, state *bundleState) (err error) {
	if state.secret, err = r.readSecret(ctx, key); err != nil {
		return err
	}
	if _, found := state.children[render.KindPersistentVolumeClaim]; found || state.secret == nil {
		return nil
	}
	mayOwn := func(owner metav1.OwnerReference) bool { return isOfClaim(&owner, state.secret) }
	read := r.readCache
	if slices.ContainsFunc(state.secret.OwnerReferences, mayOwn) {
		read = r.read
	}
	claim, err := read(ctx, tracked, claimKind, key)
	if claim != nil {
		state.children[render.KindPersistentVolumeClaim] = claim
	}
	return err
}
