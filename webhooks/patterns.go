package webhooks

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// HostPatterns are hosts that ingresses may have: names such as "chat.example.com", and
// "*.example.com" for all names below one. None means any host. They are the value of a
// flag, separated by commas.
type HostPatterns []string

// Allows reports whether the host is one of those, or a wildcard for some of those.
func (p HostPatterns) Allows(host string) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(pattern string) bool {
		parent, wildcard := strings.CutPrefix(pattern, "*")
		return host == pattern || wildcard && strings.HasSuffix(host, parent)
	})
}

// String implements flag.Value.
func (p *HostPatterns) String() string { return strings.Join(*p, ",") }

// Type implements pflag.Value.
func (*HostPatterns) Type() string { return "strings" }

// Set implements flag.Value: it adds patterns. An empty text has none.
func (p *HostPatterns) Set(text string) error {
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

// AnnotationPatterns are keys of annotations that ingresses may have: whole keys, and
// "example.com/*" for all keys of a prefix. None means any key. They are the value of a
// flag, separated by commas.
type AnnotationPatterns []string

// Allows reports whether the key is one of those.
func (p AnnotationPatterns) Allows(key string) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(pattern string) bool {
		prefix, wildcard := strings.CutSuffix(pattern, "*")
		return key == pattern || wildcard && strings.HasPrefix(key, prefix)
	})
}

// String implements flag.Value.
func (p *AnnotationPatterns) String() string { return strings.Join(*p, ",") }

// Type implements pflag.Value.
func (*AnnotationPatterns) Type() string { return "strings" }

// Set implements flag.Value: it adds patterns. An empty text has none.
func (p *AnnotationPatterns) Set(text string) error {
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
