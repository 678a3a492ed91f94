// Package patterns has the values of the flags that say what ingresses may have. Admission
// and the reconciler go by the same.
package patterns

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Hosts are hosts that ingresses may have: names such as "chat.example.com", and
// "*.example.com" for all names below one. None means any host. They are the value of a
// flag, separated by commas.
type Hosts []string

// Allows reports whether the host is one of those, or a wildcard for some of those.
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

// Set implements flag.Value: it adds patterns. An empty text has none.
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

// Annotations are keys of annotations that ingresses may have: whole keys, and
// "example.com/*" for all keys of a prefix. None means any key. They are the value of a
// flag, separated by commas.
type Annotations []string

// Allows reports whether the key is one of those.
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

// Set implements flag.Value: it adds patterns. An empty text has none.
func (p *Annotations) Set(text string) error {
	if text == "" {
		return nil
	}
	for _, pattern := range strings.Split(text, ",") {
		prefix, wildcard := strings.CutSuffix(pattern, "/*")
		if wildcard && len(validation.IsDNS1123Subdomain(prefix)) > 0 || !wildcard && len(validation.IsQualifiedName(pattern)) > 0 {
			return fmt.Errorf(`%q must be the key of an annotation, or "example.com/*" for all keys of a prefix`, pattern)
		}
		*p = append(*p, pattern)
	}
	return nil
}
