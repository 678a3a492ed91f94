// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"slices"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// podSpec returns the spec of the pods of a component, nil if it is not among the children.
func (u *update) podSpec(of children, name v1alpha1.ComponentName) *applycorev1.PodSpecApplyConfiguration {
	config := of.deployment(v1alpha1.ChildName(u.name(), name))
	if config == nil || config.Spec == nil || config.Spec.Template == nil {
		return nil
	}
	return config.Spec.Template.Spec
}

// container returns the main container of a component, nil if it is not among the children.
func (u *update) container(of children, name v1alpha1.ComponentName) *applycorev1.ContainerApplyConfiguration {
	spec := u.podSpec(of, name)
	if spec == nil {
		return nil
	}
	for i := range spec.Containers {
		if ptr.Deref(spec.Containers[i].Name, "") == string(name) {
			return &spec.Containers[i]
		}
	}
	return nil
}

// databaseOf returns where the container gets the URL of its database from, nil if it has none.
func databaseOf(container *applycorev1.ContainerApplyConfiguration) *applycorev1.EnvVarSourceApplyConfiguration {
	for i := range container.Env {
		if ptr.Deref(container.Env[i].Name, "") == v1alpha1.DatabaseURLEnv {
			return container.Env[i].ValueFrom
		}
	}
	return nil
}

// runsWith reports whether the pods that a component has now use the claim.
func (u *update) runsWith(name v1alpha1.ComponentName, claim string) bool {
	spec := u.podSpec(u.before, name)
	return spec != nil && slices.ContainsFunc(spec.Volumes, func(v applycorev1.VolumeApplyConfiguration) bool {
		return v.PersistentVolumeClaim != nil && ptr.Deref(v.PersistentVolumeClaim.ClaimName, "") == claim
	})
}

// isResumed reports whether the update lets the operator apply what it has held back.
func (u *update) isResumed() bool {
	return u.stored != nil && u.stored.Spec.IsPaused() && u.New != nil && !u.New.Spec.IsPaused()
}
