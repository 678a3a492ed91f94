// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

type (
	policyPeer = applynetworkingv1.NetworkPolicyPeerApplyConfiguration
	policyPort = applynetworkingv1.NetworkPolicyPortApplyConfiguration
	policyRule = applynetworkingv1.NetworkPolicyEgressRuleApplyConfiguration
)

// access contains the peers and rules of network policies that the user defines.
type access struct {
	from []*policyPeer
	to   []*policyRule
}

// accessOf returns what the user defines, or nil if network policies are not enabled.
func accessOf(policy *v1alpha1.NetworkPolicySpec) (*access, error) {
	if !policy.IsEnabled() {
		return nil, nil
	}
	out := &access{}
	var err error
	if out.from, err = convertAll[policyPeer](policy.AllowFrom); err != nil {
		return nil, err
	}
	out.to, err = convertAll[policyRule](policy.AllowTo)
	return out, err
}

// networkPolicy returns the part's NetworkPolicy, if they are enabled. It names the types that it
// restricts, because by default a policy without rules for egress does not restrict it.
func (p part) networkPolicy(operatorNamespace string) []Object {
	if p.access == nil {
		return nil
	}
	spec := applynetworkingv1.NetworkPolicySpec().
		WithPodSelector(applymetav1.LabelSelector().WithMatchLabels(p.selector())).
		WithPolicyTypes(networkingv1.PolicyTypeIngress)
	// A rule without peers would allow everybody.
	if peers := slices.Concat(p.clients(operatorNamespace), p.access.from); len(peers) > 0 {
		spec.WithIngress(applynetworkingv1.NetworkPolicyIngressRule().
			WithPorts(portOf(corev1.ProtocolTCP, p.containerPort)).
			WithFrom(peers...))
	}
	if p.Name == v1alpha1.ComponentOllama {
		spec.WithPolicyTypes(networkingv1.PolicyTypeEgress).WithEgress(p.ollamaEgress()...)
	}
	config := applynetworkingv1.NetworkPolicy(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(spec)
	return []Object{{Kind: KindNetworkPolicy, Name: p.name(), Config: config}}
}

// clients returns the peers that connect to the part by its purpose. Those of Ollama are the object's
// other components and the operator. Tabby counts whatever the name of its Ollama is, because a Service
// of another name may lead to these pods, too.
func (p part) clients(operatorNamespace string) []*policyPeer {
	if p.Name != v1alpha1.ComponentOllama {
		return p.routeParents()
	}
	var peers []*policyPeer
	for _, c := range p.d.Spec.EnabledComponents() {
		if c.Name != v1alpha1.ComponentOllama {
			peers = append(peers, podsPeer(v1alpha1.SelectorLabels(p.d.Name, c.Name)))
		}
	}
	if operatorNamespace != "" {
		peers = append(peers, podsPeer(map[string]string{
			v1alpha1.LabelName: v1alpha1.OperatorName, v1alpha1.LabelComponent: v1alpha1.OperatorComponent,
		}).WithNamespaceSelector(namespaceSelector(operatorNamespace)))
	}
	return peers
}

// routeParents returns a peer for each namespace of the parents of the part's route. A selector of
// pods without one of namespaces selects in the namespace of the policy, which is that of parents by
// default.
func (p part) routeParents() []*policyPeer {
	route := p.Route()
	if route == nil {
		return nil
	}
	var namespaces []string
	for i := range route.ParentRefs {
		if name := ptr.Deref(route.ParentRefs[i].Namespace, ""); !slices.Contains(namespaces, name) {
			namespaces = append(namespaces, name)
		}
	}
	peers := make([]*policyPeer, 0, len(namespaces))
	for _, name := range namespaces {
		if name == "" {
			peers = append(peers, podsPeer(nil))
			continue
		}
		peers = append(peers, applynetworkingv1.NetworkPolicyPeer().WithNamespaceSelector(namespaceSelector(name)))
	}
	return peers
}

// podsPeer returns the pods with the labels in the namespace of the policy.
func podsPeer(labels map[string]string) *policyPeer {
	return applynetworkingv1.NetworkPolicyPeer().WithPodSelector(applymetav1.LabelSelector().WithMatchLabels(labels))
}

// namespaceSelector selects the namespace of the name by the label that the API server sets.
func namespaceSelector(name string) *applymetav1.LabelSelectorApplyConfiguration {
	return applymetav1.LabelSelector().WithMatchLabels(map[string]string{corev1.LabelMetadataName: name})
}

// portOf returns a port by its number, which unlike its name all implementations of policies know.
func portOf(protocol corev1.Protocol, port int32) *policyPort {
	return applynetworkingv1.NetworkPolicyPort().WithProtocol(protocol).WithPort(intstr.FromInt32(port))
}
