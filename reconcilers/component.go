// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
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
}

// bundles returns the enabled components of d, in the order in which they are applied.
func bundles(d *v1alpha1.OllamaDeployment) ([]bundle, error) {
	objects, err := render.Objects(d)
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
	// secret is nil where there is none.
	secret *corev1.Secret
	// autoscaled reports whether an autoscaler sets the Deployment's replicas.
	autoscaled bool
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

// readChildren reads the children of a component.
func (r *Reconciler) readChildren(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle) (bundleState, error) {
	state := bundleState{children: map[schema.GroupVersionKind]client.Object{}}
	key := client.ObjectKey{Namespace: d.Namespace, Name: b.name}
	for _, object := range b.objects {
		kind, err := kindFor(object.Kind)
		if err != nil {
			return state, err
		}
		live, err := r.read(ctx, tracked, kind, key)
		if err != nil {
			return state, err
		}
		if live != nil {
			state.children[object.Kind] = live
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
	var err error
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
	if slices.ContainsFunc(state.secret.OwnerReferences, mayOwn) {
		claim, err := r.read(ctx, tracked, claimKind, key)
		if claim != nil {
			state.children[render.KindPersistentVolumeClaim] = claim
		}
		return err
	}
	claim := &corev1.PersistentVolumeClaim{}
	switch err := r.Client.Get(ctx, key, claim); {
	case err == nil:
		state.children[render.KindPersistentVolumeClaim] = claim
	case !apierrors.IsNotFound(err):
		return &requestError{fmt.Sprintf("reading PersistentVolumeClaim %q", key.Name), err}
	}
	return nil
}

// applyComponent applies the component's children and returns its Deployment, or nil if there is
// none or it could not be read. It applies nothing if the pods would mount children that are not
// ours, or use what is not allowed. Otherwise it continues after errors, so that one child does not
// block the others.
func (r *Reconciler) applyComponent(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle) (*appsv1.Deployment, error) {
	if err := r.Options.notAllowed(d, b.component); err != nil {
		return nil, err
	}
	state, err := r.readChildren(ctx, tracked, d, b)
	if err == nil {
		err = b.blocker(d, state)
	}
	if err == nil {
		err = r.applyObjects(ctx, tracked, d, b, &state)
	}
	deployment, _ := state.children[render.KindDeployment].(*appsv1.Deployment)
	return deployment, err
}

// applyObjects applies the component's children in order and updates the state with the results.
func (r *Reconciler) applyObjects(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle, state *bundleState) error {
	var errs []error
	complete := true
	for _, object := range b.objects {
		if object.Kind == render.KindDeployment {
			err := r.ensureSecret(ctx, tracked, d, b, state)
			errs = append(errs, err)
			if !complete || err != nil {
				continue // its pods could be the first to meet what somebody else makes
			}
			b.mark(object, *state)
		}
		if object.Kind == render.KindIngress {
			if err := r.Options.ingressNotAllowed(d, b.component); err != nil {
				errs = append(errs, err) // one that exists already stays as it is
				continue
			}
		}
		err := r.apply(ctx, tracked, d, object, state)
		errs = append(errs, err)
		complete = complete && isReady(object.Kind, state.children[object.Kind], err)
	}
	return errors.Join(errs...)
}

// isReady reports whether the Deployment can be applied after this child, which was applied with
// the error. Anything that pods mount must exist. A ConfigMap must also be up to date: the
// Deployment has its hash, so pods would be replaced while it still has the old data. A claim that
// cannot be changed is used as it is.
func isReady(kind schema.GroupVersionKind, child client.Object, err error) bool {
	if known, err := kindFor(kind); err == nil && !known.mounted {
		return true
	}
	return child != nil && (err == nil || kind != render.KindConfigMap)
}

// blocker returns an error if nothing of the component may be touched, because its pods would mount
// something that is not ours, or a claim that they cannot share.
func (b bundle) blocker(d *v1alpha1.OllamaDeployment, state bundleState) error {
	var errs []error
	for _, object := range b.objects {
		kind, err := kindFor(object.Kind)
		if live := state.children[object.Kind]; err != nil {
			errs = append(errs, err)
		} else if live != nil && kind.mounted {
			errs = append(errs, ownershipError(kind.ownership(live, d, state.known), kind.gvk.Kind, b.name))
		}
	}
	if state.secret != nil {
		errs = append(errs, ownershipError(secretOwnership(state.secret, d, state.children[render.KindPersistentVolumeClaim], state.known), kindOfSecret, b.name))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.notShareable(state)
}

// notShareable returns an error if several pods would use a claim that only one can mount.
func (b bundle) notShareable(state bundleState) error {
	if !b.renders(render.KindPersistentVolumeClaim) {
		return nil
	}
	claim, found := state.children[render.KindPersistentVolumeClaim].(*corev1.PersistentVolumeClaim)
	if !found || isShareable(claim) {
		return nil
	}
	if replicas := b.replicas(state); replicas > 1 {
		return &notShareableError{b.component, b.name, replicas}
	}
	return nil
}

func (b bundle) renders(kind schema.GroupVersionKind) bool {
	for _, object := range b.objects {
		if object.Kind == kind {
			return true
		}
	}
	return false
}

// replicas returns the replicas that the Deployment will have.
func (b bundle) replicas(state bundleState) int32 {
	if live, ok := state.children[render.KindDeployment].(*appsv1.Deployment); ok && state.autoscaled && live.Spec.Replicas != nil {
		return *live.Spec.Replicas
	}
	for _, object := range b.objects {
		if config, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration); ok && config.Spec.Replicas != nil {
			return *config.Spec.Replicas
		}
	}
	return 0
}

// isShareable reports whether several pods can write to the claim.
func isShareable(claim *corev1.PersistentVolumeClaim) bool {
	for _, mode := range claim.Spec.AccessModes {
		if mode == corev1.ReadWriteMany {
			return true
		}
	}
	return false
}

// mark adds the operator's annotations to the component's rendered Deployment.
func (b bundle) mark(object render.Object, state bundleState) {
	deployment, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration)
	if !ok {
		return
	}
	var configMap client.Object
	if b.renders(render.KindConfigMap) {
		configMap = state.children[render.KindConfigMap]
	}
	key := ""
	if b.secret != nil {
		key = b.secret.Key
	}
	templates := append(slices.Clone(object.Alternatives), deployment.Spec.Template)
	mark(deployment, templates, state.children[render.KindDeployment], configMap, state.secret, key)
}
