// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateNetworkPolicy validates the peers and ports of network policies, as the API server does.
//
// Source: k8s.io/kubernetes, pkg/apis/networking/validation/validation.go (ValidateNetworkPolicySpec).
func validateNetworkPolicy(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	policy := d.Spec.NetworkPolicy
	if policy == nil {
		return nil
	}
	path := spec.Child("networkPolicy")
	errs := validatePeers(policy.AllowFrom, path.Child("allowFrom"))
	for i := range policy.AllowTo {
		at, rule := path.Child("allowTo").Index(i), &policy.AllowTo[i]
		errs = append(errs, bounded(len(rule.Ports), 0, at.Child("ports"))...)
		for j := range rule.Ports[:min(len(rule.Ports), maxEntries)] {
			errs = append(errs, validatePolicyPort(&rule.Ports[j], at.Child("ports").Index(j))...)
		}
		errs = append(errs, validatePeers(rule.To, at.Child("to"))...)
	}
	return errs
}

func validatePeers(peers []networkingv1.NetworkPolicyPeer, path *field.Path) field.ErrorList {
	errs := bounded(len(peers), 0, path)
	for i := range peers[:min(len(peers), maxEntries)] {
		errs = append(errs, validatePeer(&peers[i], path.Index(i))...)
	}
	return errs
}

func validatePeer(peer *networkingv1.NetworkPolicyPeer, path *field.Path) field.ErrorList {
	switch selects := peer.PodSelector != nil || peer.NamespaceSelector != nil; {
	case !selects && peer.IPBlock == nil:
		return field.ErrorList{field.Required(path,
			"must have podSelector, namespaceSelector or ipBlock; podSelector: {} selects all pods of the namespace, and namespaceSelector: {} those of the cluster")}
	case selects && peer.IPBlock != nil:
		return field.ErrorList{field.Forbidden(path.Child("ipBlock"),
			"must not be set together with podSelector or namespaceSelector; write it as another entry")}
	case peer.IPBlock != nil:
		return validateIPBlock(peer.IPBlock, path.Child("ipBlock"))
	default:
		return slices.Concat(validateSelector(peer.PodSelector, path.Child("podSelector")),
			validateSelector(peer.NamespaceSelector, path.Child("namespaceSelector")))
	}
}

// validateIPBlock validates a network, and those within it that are excepted.
func validateIPBlock(block *networkingv1.IPBlock, path *field.Path) field.ErrorList {
	at := path.Child("except")
	errs := bounded(len(block.Except), 0, at)
	cidr, err := netip.ParsePrefix(block.CIDR)
	if message := explainCIDR(block.CIDR); message != "" {
		errs = append(errs, field.Invalid(path.Child("cidr"), block.CIDR, message))
	}
	for i, text := range block.Except[:min(len(block.Except), maxEntries)] {
		if message := explainCIDR(text); message != "" {
			errs = append(errs, field.Invalid(at.Index(i), text, message))
			continue
		}
		if except := netip.MustParsePrefix(text); err == nil && (except.Bits() <= cidr.Bits() || !cidr.Contains(except.Addr())) {
			errs = append(errs, field.Invalid(at.Index(i), text, "must be within "+block.CIDR+", and smaller").WithOrigin(block.CIDR))
		}
	}
	return errs
}

// validatePolicyPort validates a port, by its number or its name, or a range of ports. Without a port, all
// are meant.
func validatePolicyPort(port *networkingv1.NetworkPolicyPort, path *field.Path) field.ErrorList {
	errs := oneOf(port.Protocol, path.Child("protocol"), "TCP", "UDP", "SCTP")
	at, end := path.Child("port"), path.Child("endPort")
	switch {
	case port.Port == nil && port.EndPort != nil:
		return append(errs, field.Required(at, "must be set for endPort"))
	case port.Port == nil:
		return errs
	case port.Port.Type == intstr.String:
		if port.EndPort != nil {
			errs = append(errs, field.Forbidden(end, "must not be set together with the name of a port"))
		}
		return append(errs, invalid(at, port.Port.StrVal, validation.IsValidPortName(port.Port.StrVal))...)
	}
	const highest = 65535
	errs = append(errs, between(port.Port.IntVal, 1, highest, at)...)
	if port.EndPort != nil && *port.EndPort < port.Port.IntVal {
		return append(errs, field.Invalid(end, *port.EndPort, fmt.Sprintf("must be at least the port, %d", port.Port.IntVal)))
	}
	if port.EndPort != nil {
		errs = append(errs, between(*port.EndPort, 1, highest, end)...)
	}
	return errs
}
