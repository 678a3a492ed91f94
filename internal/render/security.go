// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// restrictedGroup is the group of restricted containers: as on OpenShift, images give their files to
// it for users that they do not know.
//
// Source: open-webui/open-webui, Dockerfile (group 0 of static files, since 0.11.0).
const restrictedGroup = 0

// isRestricted reports whether the pods conform to the Pod Security level restricted.
func (p part) isRestricted() bool { return p.d.Spec.Security.IsRestricted() }

// podSecurity returns the security context of the pods. The user's own group gets access to the
// volumes, which belong to root; the kubelet sets it each time, because files of a pod that ran as root
// may be there.
func (p part) podSecurity() *applycorev1.PodSecurityContextApplyConfiguration {
	context := applycorev1.PodSecurityContext().
		WithSeccompProfile(applycorev1.SeccompProfile().WithType(corev1.SeccompProfileTypeRuntimeDefault))
	if !p.isRestricted() {
		return context
	}
	context.WithRunAsNonRoot(true)
	if user, fixed := p.d.Spec.Security.User(); fixed {
		context.WithRunAsUser(user).WithRunAsGroup(restrictedGroup).WithFSGroup(user)
	}
	return context
}

// containerSecurity returns the security context of each container.
func (p part) containerSecurity() *applycorev1.SecurityContextApplyConfiguration {
	context := applycorev1.SecurityContext().WithAllowPrivilegeEscalation(false)
	if p.isRestricted() {
		context.WithCapabilities(applycorev1.Capabilities().WithDrop("ALL"))
	}
	return context
}
