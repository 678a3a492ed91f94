// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func (g generator) service() *v1alpha1.ServiceSpec {
	service := &v1alpha1.ServiceSpec{
		Type: maybe(g, corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer),
		Port: maybe(g, int32(1), 80, 65535, rarely(g, int32(11434), 65536)),
	}
	kind := ptr.Deref(service.Type, "")
	if kind == corev1.ServiceTypeNodePort || kind == corev1.ServiceTypeLoadBalancer || g.IntN(64) == 0 {
		service.NodePort = maybe(g, int32(30000+g.IntN(2000)))
		service.ExternalTrafficPolicy = maybe(g, corev1.ServiceExternalTrafficPolicyCluster, corev1.ServiceExternalTrafficPolicyLocal)
	}
	if kind == corev1.ServiceTypeLoadBalancer || g.IntN(64) == 0 {
		service.LoadBalancerClass = maybe(g, "a", "example.com/a.B_c", rarely(g, "b", "a b"), rarely(g, "b", "A/b"))
		service.LoadBalancerSourceRanges = pick(g, nil, []string{g.cidr()}, []string{"10.0.0.0/8", g.cidr()})
	}
	if g.IntN(4) == 0 {
		service.Labels = map[string]string{pick(g, "team", "example.com/a", rarely(g, "a", "a b")): pick(g, "", "a", rarely(g, "b", "a b"))}
		service.Annotations = map[string]string{
			pick(g, "A.b/c", "service.kubernetes.io/topology-mode", rarely(g, "a", "a b")): pick(g, "", "Auto", "é"),
			pick(g, "a", "service.kubernetes.io/topology-aware-hints"):                     pick(g, "Auto", "disabled"),
		}
	}
	return service
}

// cidr returns a network, rarely an invalid one.
func (g generator) cidr() string {
	return pick(g, "10.0.0.0/8", "192.0.2.1/32", "0.0.0.0/0", "2001:db8::/32", "2001:DB8:0::/48", "::/0", rarely(g, "10.1.0.0/16", pick(g,
		"", "a", "10.0.0.1", "10.0.0.1/8", "10.0.0.0/33", "010.0.0.0/8", "10.0.0.0/08", "::ffff:10.0.0.0/104", " 10.0.0.0/8", "fe80::%a/64")))
}

// networkPolicy returns policies, mostly valid ones, or nil.
func (g generator) networkPolicy() *v1alpha1.NetworkPolicySpec {
	if g.IntN(3) > 0 {
		return nil
	}
	policy := &v1alpha1.NetworkPolicySpec{Enabled: new(true)}
	for range g.IntN(3) {
		policy.AllowFrom = append(policy.AllowFrom, g.peer())
	}
	for range g.IntN(3) {
		rule := networkingv1.NetworkPolicyEgressRule{}
		for range g.IntN(3) {
			rule.To = append(rule.To, g.peer())
		}
		for range g.IntN(3) {
			rule.Ports = append(rule.Ports, g.policyPort())
		}
		policy.AllowTo = append(policy.AllowTo, rule)
	}
	return policy
}

func (g generator) peer() networkingv1.NetworkPolicyPeer {
	selector := func() *metav1.LabelSelector {
		out := &metav1.LabelSelector{MatchLabels: pick(g, nil, map[string]string{"a": "b"}, rarely(g, nil, map[string]string{"a b": "c"}))}
		if g.IntN(4) == 0 {
			out.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: pick(g, "a", "a/b", rarely(g, "c", "")), Operator: pick[metav1.LabelSelectorOperator](g, "In", "Exists", "NotIn", rarely[metav1.LabelSelectorOperator](g, "In", "Gt"))}}
			if g.IntN(2) == 0 {
				out.MatchExpressions[0].Values = []string{pick(g, "a", "", rarely(g, "b", "a b"))}
			}
		}
		return out
	}
	peer := networkingv1.NetworkPolicyPeer{}
	switch g.IntN(12) {
	case 0, 1, 2:
		peer.PodSelector = selector()
	case 3, 4, 5:
		peer.NamespaceSelector = selector()
	case 6, 7:
		peer.PodSelector, peer.NamespaceSelector = selector(), selector()
	case 8, 9:
		peer.IPBlock = &networkingv1.IPBlock{CIDR: g.cidr()}
	case 10:
		peer.IPBlock = &networkingv1.IPBlock{CIDR: pick(g, "0.0.0.0/0", g.cidr()), Except: []string{pick(g, "10.0.0.0/9", g.cidr())}}
	default:
		peer.PodSelector, peer.IPBlock = maybe(g, metav1.LabelSelector{}), maybe(g, networkingv1.IPBlock{CIDR: "10.0.0.0/8"})
	}
	return peer
}

func (g generator) policyPort() networkingv1.NetworkPolicyPort {
	return networkingv1.NetworkPolicyPort{
		Protocol: maybe(g, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP, rarely[corev1.Protocol](g, "TCP", "tcp")),
		Port: maybe(g, intstr.FromInt32(1), intstr.FromInt32(65535), intstr.FromString("a-1"), rarely(g, intstr.FromInt32(80), intstr.FromInt32(0)),
			rarely(g, intstr.FromInt32(80), intstr.FromInt32(65536)), rarely(g, intstr.FromString("a"), intstr.FromString("A")), rarely(g, intstr.FromString("a"), intstr.FromString("1"))),
		EndPort: rarely(g, nil, maybe(g, int32(1), 65535, 65536, 0, -1)),
	}
}
