// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// explainCIDR returns why text is not a network, "" if it is. Networks are strict: no bits are set
// beyond the prefix, no number has leading zeros, and IPv4 is not mapped into IPv6.
//
// Source: k8s.io/apimachinery, pkg/util/validation/ip.go (IsValidCIDRForLegacyField), with the feature gate
// StrictIPCIDRValidation.
func explainCIDR(text string) string {
	prefix, err := netip.ParsePrefix(text)
	if err == nil && prefix == prefix.Masked() && !prefix.Addr().Is4In6() {
		return ""
	}
	const grammar = `must be a network such as "10.0.0.0/8" or "2001:db8::/32"`
	bare := strings.TrimSpace(text)
	if prefix, err := netip.ParsePrefix(bare); err == nil {
		return grammar + didYouMean(unmapped(prefix).Masked().String())
	}
	if address, err := netip.ParseAddr(bare); err == nil && address.Zone() == "" {
		return grammar + didYouMean(unmapped(netip.PrefixFrom(address, address.BitLen())).String())
	}
	return grammar
}

// unmapped returns an IPv4 network that is mapped into IPv6 as IPv4.
func unmapped(prefix netip.Prefix) netip.Prefix {
	const mapped = 96 // bits before the IPv4 address
	if !prefix.Addr().Is4In6() || prefix.Bits() < mapped {
		return prefix
	}
	return netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mapped)
}

// validateCIDRs validates a list of networks, each of which may occur once.
func validateCIDRs(list []string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[netip.Prefix]bool{}
	for i, text := range list {
		if message := explainCIDR(text); message != "" {
			errs = append(errs, field.Invalid(path.Index(i), text, message))
			continue
		}
		prefix := netip.MustParsePrefix(text)
		if seen[prefix] {
			errs = append(errs, field.Duplicate(path.Index(i), text))
		}
		seen[prefix] = true
	}
	return errs
}
