// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// place spreads the pods over the nodes as far as possible, and lets them onto nodes that are reserved
// for the devices that they request.
func (p part) place(spec *applycorev1.PodSpecApplyConfiguration) {
	if p.version < podsThatSpread {
		return
	}
	spec.WithTopologySpreadConstraints(p.spread()).WithTolerations(deviceTolerations(p.Resources())...)
}

// spread prefers nodes with fewer pods of the same ReplicaSet: those of the previous one are about to
// end during a rollout. It does not depend on the replicas, so that scaling restarts no pod.
func (p part) spread() *applycorev1.TopologySpreadConstraintApplyConfiguration {
	return applycorev1.TopologySpreadConstraint().
		WithMaxSkew(1).
		WithTopologyKey(corev1.LabelHostname).
		WithWhenUnsatisfiable(corev1.ScheduleAnyway).
		WithLabelSelector(applymetav1.LabelSelector().WithMatchLabels(p.selector())).
		WithMatchLabelKeys("pod-template-hash")
}

// deviceTolerations tolerates the taints that are named after the requested devices, as Kubernetes'
// admission plugin ExtendedResourceToleration does where it is enabled.
//
// Source: kubernetes/kubernetes, plugin/pkg/admission/extendedresourcetoleration.
func deviceTolerations(resources *v1alpha1.ResourceRequirements) []*applycorev1.TolerationApplyConfiguration {
	devices := resources.Devices()
	out := make([]*applycorev1.TolerationApplyConfiguration, 0, len(devices))
	for _, name := range devices {
		out = append(out, applycorev1.Toleration().
			WithKey(string(name)).
			WithOperator(corev1.TolerationOpExists).
			WithEffect(corev1.TaintEffectNoSchedule))
	}
	return out
}

// visibleDevicesEnv names the devices that NVIDIA's container runtime gives to a container.
const visibleDevicesEnv = "NVIDIA_VISIBLE_DEVICES"

// noDevicesEnv returns the variable that hides NVIDIA's devices from pods that request none: the
// images of Ollama and Tabby ask for all devices of the node, which others have requested.
//
// Source: ollama/ollama, Dockerfile; NVIDIA/nvidia-container-toolkit, internal/config/image/devices.go (void).
func (p part) noDevicesEnv() []*applycorev1.EnvVarApplyConfiguration {
	if p.version < podsThatSpread || p.Resources().HasDevice() || p.Pod().HasDevices() || p.SetsEnv(visibleDevicesEnv) {
		return nil
	}
	return []*applycorev1.EnvVarApplyConfiguration{env(visibleDevicesEnv, "void")}
}
