// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// applyComponent applies the component's children and returns its Deployment, or nil if there is
// none or it could not be read. It applies nothing if the pods would mount children that are not
// ours, or use what is not allowed, and only creates what is missing while they wait for their restart. Otherwise it
// continues after errors, so that one child does not block the others.
func (r *Reconciler) applyComponent(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle) (*appsv1.Deployment, error) {
	if err := r.Options.notAllowed(d, b.component); err != nil {
		return nil, err
	}
	state, err := r.readChildren(ctx, tracked, d, b)
	if err == nil {
		err = b.blocker(d, state)
	}
	if err == nil && !b.incomplete {
		switch err = r.queueRestart(ctx, tracked, d, b, state); {
		case err == nil:
			err = r.applyObjects(ctx, tracked, d, b, &state)
		case is[*queuedError](err):
			err = errors.Join(err, r.createMissing(ctx, tracked, d, b, &state))
		}
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
			if !tracked.paused && (!complete || err != nil) {
				continue // its pods could be the first to meet what somebody else makes
			}
			b.mark(object, *state)
		}
		if err := r.Options.entranceNotAllowed(d, b.component, object.Kind); err != nil {
			errs = append(errs, err) // one that exists already stays as it is
			continue
		}
		err := r.apply(ctx, tracked, d, object, state)
		errs = append(errs, err)
		if err != nil && object.Kind == state.assumed {
			break // it may be somebody else's, and is read next time
		}
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
		errs = append(errs, ownershipError(secretOwnership(state.secret, d, state.children[render.KindPersistentVolumeClaim], state.existingClaim, state.known), kindOfSecret, b.name))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.notShareable(state)
}

// notShareable returns an error if several pods would use a claim that only one can mount: several
// replicas, or the pods of a rollout if the access modes of the spec allow them to share the claim.
func (b bundle) notShareable(state bundleState) error {
	claim := state.existingClaim
	if b.renders(render.KindPersistentVolumeClaim) {
		claim, _ = state.children[render.KindPersistentVolumeClaim].(*corev1.PersistentVolumeClaim)
	}
	if claim == nil || isShareable(claim.Spec.AccessModes) {
		return nil
	}
	// The rollout is that of the spec's replicas, even while an autoscaler has one.
	replicas := max(b.replicas(state), b.renderedReplicas())
	switch {
	case replicas > 1 && b.existingClaim != "":
		return &existingNotShareableError{b.component, claim.Name, replicas}
	case replicas > 1:
		return &notShareableError{b.component, b.name, replicas}
	case b.rendersShareable():
		return &accessModesError{b.component, b.name}
	default:
		return nil
	}
}

// rendersShareable reports whether several pods could write to the rendered claim.
func (b bundle) rendersShareable() bool {
	for _, object := range b.objects {
		if config, ok := object.Config.(*applycorev1.PersistentVolumeClaimApplyConfiguration); ok {
			return isShareable(config.Spec.AccessModes)
		}
	}
	return false
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
	return b.renderedReplicas()
}

// renderedReplicas returns the replicas that the spec has.
func (b bundle) renderedReplicas() int32 {
	for _, object := range b.objects {
		if config, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration); ok && config.Spec.Replicas != nil {
			return *config.Spec.Replicas
		}
	}
	return 0
}

// isShareable reports whether several pods can write to a claim with the access modes.
func isShareable(modes []corev1.PersistentVolumeAccessMode) bool {
	return slices.Contains(modes, corev1.ReadWriteMany)
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
	for _, template := range templates {
		template.WithAnnotations(b.hashes)
		if state.secret != nil {
			template.WithAnnotations(b.urlHashes(state.secret.Data[key]))
		}
	}
	mark(deployment, templates, state.children[render.KindDeployment], configMap, state.secret, key)
}

// urlHashes returns the annotations of the pods with the hashes of the URLs, which depend on the key.
func (b bundle) urlHashes(key []byte) map[string]string {
	out := map[string]string{}
	for annotation, text := range b.urls {
		if hash := urlHash(key, text); hash != "" {
			out[annotation] = hash
		}
	}
	return out
}
