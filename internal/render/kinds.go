// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Kinds of children.
var (
	KindConfigMap             = corev1.SchemeGroupVersion.WithKind("ConfigMap")
	KindPersistentVolumeClaim = corev1.SchemeGroupVersion.WithKind("PersistentVolumeClaim")
	KindService               = corev1.SchemeGroupVersion.WithKind("Service")
	KindDeployment            = appsv1.SchemeGroupVersion.WithKind("Deployment")
	KindIngress               = networkingv1.SchemeGroupVersion.WithKind("Ingress")
	KindNetworkPolicy         = networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy")
	KindPodDisruptionBudget   = policyv1.SchemeGroupVersion.WithKind("PodDisruptionBudget")
	KindHTTPRoute             = schema.GroupVersion(gatewayv1.GroupVersion).WithKind("HTTPRoute")
)
