// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"
	applypolicyv1 "k8s.io/client-go/applyconfigurations/policy/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	applygatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// A childKind describes a kind of child to apply.
type childKind struct {
	gvk schema.GroupVersionKind
	// object makes an empty object of the kind.
	object func() client.Object
	// extract is what a field manager has applied of a live object.
	extract func(live client.Object, manager string) (runtime.ApplyConfiguration, error)
	// applied remembers what is applied of the children that changed last.
	applied *appliedCache
	// copyState copies what the reconciler reads of a live object, except for its metadata.
	copyState func(live, small client.Object)
	// retained children outlive the object, unless it owns them, and are never deleted by the reconciler.
	retained bool
	// mounted children are files or data of the pods.
	mounted bool
	// optional children are of an API that the cluster may not have. They have a cache of their own.
	optional bool
}

// The kinds of children that the reconciler itself reads.
var (
	claimKind      = retained(mounted(kindOf(render.KindPersistentVolumeClaim, applycorev1.ExtractPersistentVolumeClaim, copyClaim)))
	deploymentKind = kindOf(render.KindDeployment, applyappsv1.ExtractDeployment, copyDeployment)
	serviceKind    = kindOf(render.KindService, applycorev1.ExtractService, copyService)
	routeKind      = optional(kindOf(render.KindHTTPRoute, applygatewayv1.ExtractHTTPRoute, copyRoute))
)

// childKinds holds all kinds but Secrets, which are only created.
var childKinds = []childKind{
	mounted(kindOf(render.KindConfigMap, applycorev1.ExtractConfigMap, func(_, _ *corev1.ConfigMap) {})),
	claimKind,
	serviceKind,
	deploymentKind,
	kindOf(render.KindIngress, applynetworkingv1.ExtractIngress, func(_, _ *networkingv1.Ingress) {}),
	kindOf(render.KindNetworkPolicy, applynetworkingv1.ExtractNetworkPolicy, func(_, _ *networkingv1.NetworkPolicy) {}),
	kindOf(render.KindPodDisruptionBudget, applypolicyv1.ExtractPodDisruptionBudget, func(_, _ *policyv1.PodDisruptionBudget) {}),
	routeKind,
}

func kindOf[O any, P interface {
	*O
	client.Object
}, A runtime.ApplyConfiguration](gvk schema.GroupVersionKind, extract func(P, string) (A, error), copyState func(live, small P)) childKind {
	return childKind{
		gvk:    gvk,
		object: emptyOf[O, P],
		extract: func(live client.Object, manager string) (runtime.ApplyConfiguration, error) {
			return extract(live.(P), manager)
		},
		applied:   newAppliedCache(),
		copyState: func(live, small client.Object) { copyState(live.(P), small.(P)) },
	}
}

func retained(kind childKind) childKind {
	kind.retained = true
	return kind
}

func mounted(kind childKind) childKind {
	kind.mounted = true
	return kind
}

func optional(kind childKind) childKind {
	kind.optional = true
	return kind
}

// copyService copies the addresses of the load balancer.
func copyService(live, small *corev1.Service) {
	small.Status.LoadBalancer = *live.Status.LoadBalancer.DeepCopy()
}

// copyRoute copies what the Gateways say of the route.
func copyRoute(live, small *gatewayv1.HTTPRoute) {
	for i := range live.Status.Parents {
		parent := live.Status.Parents[i].DeepCopy()
		parent.Conditions = slices.DeleteFunc(parent.Conditions, func(c metav1.Condition) bool { return !status.IsOfRoute(c) })
		small.Status.Parents = append(small.Status.Parents, *parent)
	}
}

// copyClaim copies the fields that preserveClaim reads, whether the operator applies the class, and
// the capacity that the status reports.
func copyClaim(live, small *corev1.PersistentVolumeClaim) {
	small.Spec.AccessModes = live.Spec.AccessModes
	small.Spec.StorageClassName = live.Spec.StorageClassName
	small.Spec.VolumeName = live.Spec.VolumeName
	if render.Applies(live, "storageClassName") {
		small.GetLabels()[classLabel] = "applied"
	}
	small.Spec.Resources = live.Spec.Resources
	small.Status.Capacity = live.Status.Capacity
}

// copyDeployment copies the status, the replicas, whether the operator applies them, the operator's
// annotations, and the memory that Ollama requests.
func copyDeployment(live, small *appsv1.Deployment) {
	small.Status = *live.Status.DeepCopy()
	small.Spec.Replicas = live.Spec.Replicas
	labels := small.GetLabels()
	if render.Applies(live, "replicas") {
		labels[replicasLabel] = "applied"
	}
	if memory := render.OllamaMemory(live); memory != "" {
		labels[memoryLabel] = memory
	}
	for _, mark := range []string{mountedAnnotation, firstSecretAnnotation, migratedAnnotation} {
		if value := live.Annotations[mark]; value != "" {
			labels[mark] = value
		}
	}
}

// kindFor returns the childKind of a rendered child, or an error if childKinds lacks it.
func kindFor(gvk schema.GroupVersionKind) (childKind, error) {
	for _, kind := range childKinds {
		if kind.gvk == gvk {
			return kind, nil
		}
	}
	return childKind{}, fmt.Errorf("%s is rendered, and childKinds does not have it", gvk)
}
