package patterns

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hosts, annotations string
		allowed, refused   []string
		err                string
	}{
		"any host":                      {allowed: []string{"a", "*.b.c", ""}},
		"a host":                        {hosts: "a.example.com", allowed: []string{"a.example.com"}, refused: []string{"b.a.example.com", "*.example.com", "example.com", "a.example.com.evil.org"}},
		"hosts below":                   {hosts: "*.example.com", allowed: []string{"a.example.com", "b.a.example.com", "*.example.com", "*.a.example.com"}, refused: []string{"example.com", "evilexample.com", "*.com", "a.example.com.evil.org"}},
		"hosts":                         {hosts: "a.b,*.c", allowed: []string{"a.b", "x.c"}, refused: []string{"x.b", "c"}},
		"a URL":                         {hosts: "https://a.b", err: `"https://a.b" must be a DNS name such as "chat.example.com", or "*.example.com"`},
		"a host of capitals":            {hosts: "A.b", err: "must be a DNS name"},
		"an empty host":                 {hosts: "a.b,", err: "must be a DNS name"},
		"all hosts":                     {hosts: "*", err: "must be a DNS name"},
		"a wildcard in the middle":      {hosts: "a.*.b", err: "must be a DNS name"},
		"annotations":                   {annotations: "a.b/c,example.com/*", allowed: []string{"a.b/c", "example.com/d"}, refused: []string{"a.b/d", "a.b/cc", "x.example.com/d", "example.com", "c"}},
		"an annotation of no key":       {annotations: "a b", err: `"a b" must be the key of an annotation, or "example.com/*" for all keys of a prefix`},
		"all annotations":               {annotations: "*", err: "must be the key of an annotation"},
		"annotations of a part of name": {annotations: "example.com/a*", err: "must be the key of an annotation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hosts Hosts
			var annotations Annotations
			err := hosts.Set(tc.hosts)
			if err == nil {
				err = annotations.Set(tc.annotations)
			}
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			allows := hosts.Allows
			if len(annotations) > 0 {
				allows = annotations.Allows
			}
			for _, value := range tc.allowed {
				assert.True(t, allows(value), value)
			}
			for _, value := range tc.refused {
				assert.False(t, allows(value), value)
			}
		})
	}
}
