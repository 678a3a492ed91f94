// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"maps"
	"strconv"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// podSettings are the user's settings of pods, as apply configurations where they are objects.
type podSettings struct {
	*v1alpha1.PodSettings
	tolerations []*applycorev1.TolerationApplyConfiguration
	affinity    *applycorev1.AffinityApplyConfiguration
	spread      []*applycorev1.TopologySpreadConstraintApplyConfiguration
	secrets     []*applycorev1.LocalObjectReferenceApplyConfiguration
	claims      []*applycorev1.PodResourceClaimApplyConfiguration
	context     *applycorev1.PodSecurityContextApplyConfiguration
}

// podSettingsOf converts the settings, nil to nil.
func podSettingsOf(settings *v1alpha1.PodSettings) (*podSettings, error) {
	if settings == nil {
		return nil, nil
	}
	out := &podSettings{PodSettings: settings}
	var err error
	if out.tolerations, err = convertAll[applycorev1.TolerationApplyConfiguration](settings.Tolerations); err != nil {
		return nil, err
	}
	if out.affinity, err = convert[applycorev1.AffinityApplyConfiguration](settings.Affinity); err != nil {
		return nil, err
	}
	if out.spread, err = convertAll[applycorev1.TopologySpreadConstraintApplyConfiguration](settings.TopologySpreadConstraints); err != nil {
		return nil, err
	}
	if out.secrets, err = convertAll[applycorev1.LocalObjectReferenceApplyConfiguration](settings.ImagePullSecrets); err != nil {
		return nil, err
	}
	if out.claims, err = convertAll[applycorev1.PodResourceClaimApplyConfiguration](settings.ResourceClaims); err != nil {
		return nil, err
	}
	out.context, err = convert[applycorev1.PodSecurityContextApplyConfiguration](settings.SecurityContext)
	return out, err
}

// withUsers adds what the user defines to a rendered template. The component's own container is its
// only container.
func (p part) withUsers(template *applycorev1.PodTemplateSpecApplyConfiguration) *applycorev1.PodTemplateSpecApplyConfiguration {
	spec := template.Spec
	spec.Containers[0].WithEnv(p.bypassProxy(p.users.env)...).WithEnvFrom(p.users.envFrom...).WithVolumeMounts(p.users.mounts...)
	spec.WithVolumes(p.users.volumes...)
	p.withTrust(spec)
	if p.users.pod != nil {
		p.users.pod.apply(p, template)
	}
	return template
}

// apply merges the settings into the template. Labels and annotations of the operator take
// precedence; admission rejects others of their names.
func (s *podSettings) apply(p part, template *applycorev1.PodTemplateSpecApplyConfiguration) {
	spec := template.Spec
	template.Labels = merged(s.Labels, template.Labels)
	template.Annotations = merged(s.Annotations, template.Annotations)
	if len(s.NodeSelector) > 0 {
		spec.WithNodeSelector(s.NodeSelector)
	}
	spec.WithTolerations(s.tolerations...)
	if s.affinity != nil {
		spec.WithAffinity(s.affinity)
	}
	s.applySpread(p, spec)
	spec.PriorityClassName = s.PriorityClassName
	spec.RuntimeClassName = s.RuntimeClassName
	spec.WithImagePullSecrets(s.secrets...)
	if s.ServiceAccountName != nil {
		spec.WithServiceAccountName(*s.ServiceAccountName).WithAutomountServiceAccountToken(true)
	}
	spec.WithResourceClaims(s.claims...)
	s.applyGracePeriod(p, spec)
	if s.context != nil {
		s.applyContext(spec.SecurityContext)
	}
	if s.ImagePullPolicy != nil {
		for i := range spec.Containers {
			spec.Containers[i].WithImagePullPolicy(*s.ImagePullPolicy)
		}
		for i := range spec.InitContainers {
			spec.InitContainers[i].WithImagePullPolicy(*s.ImagePullPolicy)
		}
	}
	s.applyClaims(&spec.Containers[0])
}

// applyGracePeriod has Ollama wait for running responses nearly as long as the pod may take.
func (s *podSettings) applyGracePeriod(p part, spec *applycorev1.PodSpecApplyConfiguration) {
	if s.TerminationGracePeriodSeconds == nil {
		return
	}
	spec.WithTerminationGracePeriodSeconds(*s.TerminationGracePeriodSeconds)
	if p.Name == v1alpha1.ComponentOllama {
		limit := max(*s.TerminationGracePeriodSeconds-drainReserve, 0)
		spec.Containers[0].WithEnv(env("OLLAMA_DRAIN_LIMIT", strconv.FormatInt(limit, 10)))
	}
}

// drainReserve is how long before the end of the grace period Ollama stops to wait, in seconds.
const drainReserve = 5

// applySpread replaces the operator's constraints. Without a selector the pods of the component are meant.
func (s *podSettings) applySpread(p part, spec *applycorev1.PodSpecApplyConfiguration) {
	if len(s.spread) == 0 {
		return
	}
	spec.TopologySpreadConstraints = nil
	for _, constraint := range s.spread {
		if constraint.LabelSelector == nil {
			constraint.LabelSelector = p.spread().LabelSelector
		}
		spec.WithTopologySpreadConstraints(constraint)
	}
}

// applyClaims gives all claimed devices to a container.
func (s *podSettings) applyClaims(container *applycorev1.ContainerApplyConfiguration) {
	if len(s.claims) == 0 {
		return
	}
	if container.Resources == nil {
		container.WithResources(applycorev1.ResourceRequirements())
	}
	for _, claim := range s.claims {
		container.Resources.WithClaims(applycorev1.ResourceClaim().WithName(*claim.Name))
	}
}

// applyContext replaces the fields of the operator's security context that the user sets.
func (s *podSettings) applyContext(context *applycorev1.PodSecurityContextApplyConfiguration) {
	own := *context
	*context = *s.context
	if context.SeccompProfile == nil {
		context.SeccompProfile = own.SeccompProfile
	}
	if context.RunAsNonRoot == nil {
		context.RunAsNonRoot = own.RunAsNonRoot
	}
	if context.RunAsUser == nil {
		context.RunAsUser = own.RunAsUser
	}
	if context.RunAsGroup == nil {
		context.RunAsGroup = own.RunAsGroup
	}
	if context.FSGroup == nil {
		context.FSGroup = own.FSGroup
	}
}

// merged returns the user's entries and the operator's, nil if there are none.
func merged(users, own map[string]string) map[string]string {
	if len(users) == 0 {
		return own
	}
	out := maps.Clone(users)
	maps.Copy(out, own)
	return out
}
