// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"
)

// ConfigHashAnnotation holds a hash of the configuration on pods that read it only when they start,
// so that changing it restarts them.
const ConfigHashAnnotation = "llm.geeper.io/config-hash"

// deployment returns the part's Deployment.
func (p part) deployment() Object {
	spec := applyappsv1.DeploymentSpec()
	if p.progressDeadlineSeconds != 0 {
		spec.WithProgressDeadlineSeconds(p.progressDeadlineSeconds)
	}
	spec.WithReplicas(p.Replicas()).
		WithStrategy(p.strategy()).
		WithSelector(applymetav1.LabelSelector().WithMatchLabels(p.selector())).
		WithTemplate(p.pod(p))
	config := applyappsv1.Deployment(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(spec)
	return Object{Kind: KindDeployment, Name: p.name(), Config: config, Alternatives: p.alternatives()}
}

// strategy returns a strategy that cannot deadlock: a new pod cannot mount a volume that only one can use,
// or use a device, before the old pod releases it. Old and new pods of Open WebUI and Tabby never
// share a volume either, because both migrate the database in it when they start. An external database
// may be used by old and new pods of one image; before a pod of another image starts, the reconciler
// stops all.
//
// Source: open-webui/docs, troubleshooting/multi-replica (updates with several
// replicas); TabbyML/tabby, website/docs/administration/upgrade.md.
func (p part) strategy() *applyappsv1.DeploymentStrategyApplyConfiguration {
	switch {
	case p.HasClaim() && (p.hasDatabase && p.Database() == nil || !p.SharesClaim()):
		return applyappsv1.DeploymentStrategy().WithType(appsv1.RecreateDeploymentStrategyType)
	case p.Resources().HasDevice() || p.Pod().ClaimsDevices():
		return applyappsv1.DeploymentStrategy().WithType(appsv1.RollingUpdateDeploymentStrategyType).
			WithRollingUpdate(applyappsv1.RollingUpdateDeployment().
				WithMaxSurge(intstr.FromInt32(0)).WithMaxUnavailable(intstr.FromInt32(1)))
	default:
		return applyappsv1.DeploymentStrategy().WithType(appsv1.RollingUpdateDeploymentStrategyType).
			WithRollingUpdate(applyappsv1.RollingUpdateDeployment().
				WithMaxSurge(intstr.FromInt32(1)).WithMaxUnavailable(intstr.FromInt32(0)))
	}
}

// podTemplate returns a template with the settings of all pods. Service links are disabled because
// they add the Services of the namespace to the environment.
func (p part) podTemplate() (*applycorev1.PodTemplateSpecApplyConfiguration, *applycorev1.PodSpecApplyConfiguration) {
	spec := applycorev1.PodSpec().
		WithAutomountServiceAccountToken(false).
		WithEnableServiceLinks(false).
		WithSecurityContext(p.podSecurity())
	p.place(spec)
	return applycorev1.PodTemplateSpec().WithLabels(p.labels()).WithSpec(spec), spec
}

// container returns the part's main container, named after the component.
func (p part) container() *applycorev1.ContainerApplyConfiguration {
	return p.baseContainer(string(p.Name), p.ImageReference(), isContainerResource).
		WithPorts(applycorev1.ContainerPort().
			WithName(portName).WithContainerPort(p.containerPort).WithProtocol(corev1.ProtocolTCP))
}

// initContainer returns an init container with the main container's compute resources, which a
// quota may require and which do not increase the pod's.
func (p part) initContainer(name, image string) *applycorev1.ContainerApplyConfiguration {
	return p.baseContainer(name, image, isComputeResource)
}

// baseContainer returns a container with the part's resources that include selects. If it fails
// without a termination message, Kubernetes uses the end of its log, which the status reports. A
// crashed container restarts without contacting its image's registry, whatever the tag.
func (p part) baseContainer(name, image string, include func(corev1.ResourceName) bool) *applycorev1.ContainerApplyConfiguration {
	container := applycorev1.Container().
		WithName(name).
		WithImage(image).
		WithEnv(p.noDevicesEnv()...).
		WithSecurityContext(p.containerSecurity())
	if p.version >= podsWithLogTail {
		container.WithTerminationMessagePolicy(corev1.TerminationMessageFallbackToLogsOnError)
	}
	if p.version >= podsThatDrain {
		container.WithImagePullPolicy(corev1.PullIfNotPresent)
	}
	if p.Resources() == nil {
		return container
	}
	limits, requests := filter(p.Resources().Limits, include), filter(p.Resources().Requests, include)
	if len(limits) == 0 && len(requests) == 0 {
		return container
	}
	resources := applycorev1.ResourceRequirements()
	if len(limits) > 0 {
		resources.WithLimits(limits)
	}
	if len(requests) > 0 {
		resources.WithRequests(requests)
	}
	return container.WithResources(resources)
}

// isContainerResource reports whether a container can have the resource. Storage is the size of
// the PersistentVolumeClaim.
func isContainerResource(name corev1.ResourceName) bool {
	return name != corev1.ResourceStorage
}

// isComputeResource reports whether the resource is neither storage, a device nor huge pages.
func isComputeResource(name corev1.ResourceName) bool {
	return name == corev1.ResourceCPU || name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage
}

func filter(list corev1.ResourceList, include func(corev1.ResourceName) bool) corev1.ResourceList {
	out := maps.Clone(list)
	maps.DeleteFunc(out, func(name corev1.ResourceName, _ resource.Quantity) bool { return !include(name) })
	return out
}

// dataVolumeSource returns a volume of the part's PersistentVolumeClaim, which may be one that the
// user provides, or an emptyDir without storage.
func (p part) dataVolumeSource(name string) *applycorev1.VolumeApplyConfiguration {
	volume := applycorev1.Volume().WithName(name)
	claim := p.claimName()
	if claim == "" {
		return volume.WithEmptyDir(applycorev1.EmptyDirVolumeSource())
	}
	return volume.WithPersistentVolumeClaim(applycorev1.PersistentVolumeClaimVolumeSource().WithClaimName(claim))
}

// configVolume returns a volume of the part's ConfigMap.
func (p part) configVolume(name string) *applycorev1.VolumeApplyConfiguration {
	return applycorev1.Volume().WithName(name).
		WithConfigMap(applycorev1.ConfigMapVolumeSource().WithName(p.name()))
}

// endpointDelay is how long, in seconds, a container keeps running before it is stopped, because
// nodes that do not know yet that its pod is terminating still send it requests.
const endpointDelay = "5"

// sleepBeforeStop delays stopping a container that finishes running requests by itself.
func (p part) sleepBeforeStop(container *applycorev1.ContainerApplyConfiguration) *applycorev1.ContainerApplyConfiguration {
	if p.version >= podsThatDrain {
		container.WithLifecycle(applycorev1.Lifecycle().WithPreStop(applycorev1.LifecycleHandler().
			WithExec(applycorev1.ExecAction().WithCommand("sleep", endpointDelay))))
	}
	return container
}

// probe returns a probe without an action, which fails after that many consecutive failures.
func probe(periodSeconds, timeoutSeconds, failures int32) *applycorev1.ProbeApplyConfiguration {
	return applycorev1.Probe().
		WithPeriodSeconds(periodSeconds).
		WithTimeoutSeconds(timeoutSeconds).
		WithFailureThreshold(failures)
}

func httpGet(path string) *applycorev1.HTTPGetActionApplyConfiguration {
	return applycorev1.HTTPGetAction().
		WithPath(path).WithPort(intstr.FromString(portName)).WithScheme(corev1.URISchemeHTTP)
}

func env(name, value string) *applycorev1.EnvVarApplyConfiguration {
	return applycorev1.EnvVar().WithName(name).WithValue(value)
}

// secretEnv returns a variable with the value of the key of the same name in the part's Secret.
func (p part) secretEnv() *applycorev1.EnvVarApplyConfiguration {
	return applycorev1.EnvVar().WithName(p.secretKey).WithValueFrom(applycorev1.EnvVarSource().
		WithSecretKeyRef(applycorev1.SecretKeySelector().WithName(p.name()).WithKey(p.secretKey)))
}

func mount(volume, path string) *applycorev1.VolumeMountApplyConfiguration {
	return applycorev1.VolumeMount().WithName(volume).WithMountPath(path)
}

// arguments returns the texts as strings, to be passed as arguments of a script.
func arguments[T ~string](texts []T) []string {
	out := make([]string, 0, len(texts))
	for _, text := range texts {
		out = append(out, string(text))
	}
	return out
}
