// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"errors"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
)

// A liveObject is a child in the cluster.
type liveObject interface {
	runtime.Object
	metav1.Object
}

// A childResource is a kind of child, and how to read it.
type childResource struct {
	gvk      schema.GroupVersionKind
	resource string
	object   func() liveObject
	// list is nil for Secrets, which are not listed.
	list  func() runtime.Object
	addTo func(*runtime.Scheme) error
}

// childResources are the kinds of children.
var childResources = []childResource{
	resourceOfKind[corev1.ConfigMap, corev1.ConfigMapList](render.KindConfigMap, "configmaps", corev1.AddToScheme),
	resourceOfKind[corev1.PersistentVolumeClaim, corev1.PersistentVolumeClaimList](render.KindPersistentVolumeClaim, "persistentvolumeclaims", corev1.AddToScheme),
	{gvk: plan.KindSecret, resource: "secrets", object: func() liveObject { return &metav1.PartialObjectMetadata{} }, addTo: addSecrets},
	resourceOfKind[networkingv1.NetworkPolicy, networkingv1.NetworkPolicyList](render.KindNetworkPolicy, "networkpolicies", networkingv1.AddToScheme),
	resourceOfKind[corev1.Service, corev1.ServiceList](render.KindService, "services", corev1.AddToScheme),
	resourceOfKind[appsv1.Deployment, appsv1.DeploymentList](render.KindDeployment, "deployments", appsv1.AddToScheme),
	resourceOfKind[networkingv1.Ingress, networkingv1.IngressList](render.KindIngress, "ingresses", networkingv1.AddToScheme),
	resourceOfKind[gatewayv1.HTTPRoute, gatewayv1.HTTPRouteList](render.KindHTTPRoute, "httproutes", gatewayv1.Install),
	resourceOfKind[policyv1.PodDisruptionBudget, policyv1.PodDisruptionBudgetList](render.KindPodDisruptionBudget, "poddisruptionbudgets", policyv1.AddToScheme),
}

func resourceOfKind[O, L any, P interface {
	*O
	liveObject
}, Q interface {
	*L
	runtime.Object
}](gvk schema.GroupVersionKind, resource string, addTo func(*runtime.Scheme) error) childResource {
	return childResource{
		gvk: gvk, resource: resource, addTo: addTo,
		object: func() liveObject { return P(new(O)) },
		list:   func() runtime.Object { return Q(new(L)) },
	}
}

// addSecrets adds the types of answers to requests for the metadata of Secrets, errors among them.
func addSecrets(scheme *runtime.Scheme) error {
	return errors.Join(corev1.AddToScheme(scheme), metav1.AddMetaToScheme(scheme))
}

// path returns the root of the API that has the resource.
func (r childResource) path() string {
	if r.gvk.Group == "" {
		return "/api"
	}
	return "/apis"
}
