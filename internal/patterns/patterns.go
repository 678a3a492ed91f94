// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package patterns implements the flag values that restrict the hosts and annotations of
// ingresses and routes. Admission and the reconciler enforce the same patterns.
package patterns

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Hosts lists the allowed hosts of ingresses and routes: DNS names such as "chat.example.com", and
// "*.example.com" for all subdomains. An empty list allows any host. As a flag value, they are
// separated by commas.
type Hosts []string

// Allows reports whether the host matches a pattern. A wildcard host has to be covered by a
// wildcard pattern.
func (p Hosts) Allows(host string) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(pattern string) bool {
		parent, wildcard := strings.CutPrefix(pattern, "*")
		return host == pattern || wildcard && strings.HasSuffix(host, parent)
	})
}

// String implements flag.Value.
func (p *Hosts) String() string { return strings.Join(*p, ",") }

// Type implements pflag.Value.
func (*Hosts) Type() string { return "strings" }

// Set implements flag.Value. It appends the patterns of a comma-separated list, which may be
// empty, and fails if one is invalid.
func (p *Hosts) Set(text string) error {
	if text == "" {
		return nil
	}
	for _, pattern := range strings.Split(text, ",") {
		if len(validation.IsDNS1123Subdomain(pattern)) > 0 && len(validation.IsWildcardDNS1123Subdomain(pattern)) > 0 {
			return fmt.Errorf(`%q must be a DNS name such as "chat.example.com", or "*.example.com"`, pattern)
		}
		*p = append(*p, pattern)
	}
	return nil
}

// Annotations lists the allowed annotation keys of ingresses and routes: exact keys, and "example.com/*" for
// all keys with a prefix. An empty list allows any key. As a flag value, they are
// separated by commas.
type Annotations []string

// Allows reports whether the key matches a pattern.
func (p Annotations) Allows(key string) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(pattern string) bool {
		prefix, wildcard := strings.CutSuffix(pattern, "*")
		return key == pattern || wildcard && strings.HasPrefix(key, prefix)
	})
}

// String implements flag.Value.
func (p *Annotations) String() string { return strings.Join(*p, ",") }

// Type implements pflag.Value.
func (*Annotations) Type() string { return "strings" }

// Set implements flag.Value. It appends the patterns of a comma-separated list, which may be
// empty, and fails if one is invalid.
func (p *Annotations) Set(text string) error {
	if text == "" {
		return nil
	}
	for _, pattern := range strings.Split(text, ",") {
		prefix, wildcard := strings.CutSuffix(pattern, "/*")
		if wildcard && len(validation.IsDNS1123Subdomain(prefix)) > 0 || !wildcard && len(validation.IsQualifiedName(pattern)) > 0 {
			return fmt.Errorf(`%q must be an annotation key, or "example.com/*" for all keys with a prefix`, pattern)
		}
		*p = append(*p, pattern)
	}
	return nil
}
