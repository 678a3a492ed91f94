// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An address is not lost if it is served in another way.
func TestAddressesThatStay(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		object, patch string
		want          []Address
	}{
		"a node port under a load balancer": {
			`{metadata: {name: a}, spec: {ollama: {service: {type: NodePort}}}}`, `{spec: {ollama: {service: {type: LoadBalancer}}}}`,
			[]Address{{v1alpha1.ComponentOllama, Created, "", "LoadBalancer port 11434"}},
		},
		"a route instead of an Ingress": {
			base, `{spec: {openwebui: {ingress: {enabled: false}, route: {parentRefs: [{name: web}], hostnames: [chat.example.com]}}}}`,
			[]Address{{v1alpha1.ComponentOpenWebUI, Changed, "http://chat.example.com", "chat.example.com by Gateway web"}},
		},
		"an Ingress instead of a route": {
			chat, `{spec: {openwebui: {ingress: {enabled: true, host: chat.example.com}, route: null}}}`,
			[]Address{{v1alpha1.ComponentOpenWebUI, Changed, "chat.example.com by Gateway gateways/web", "http://chat.example.com"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := updated(t, tc.object, tc.patch)
			p, err := Compute(Input{Old: before, New: after})
			require.NoError(t, err)
			assert.Equal(t, tc.want, p.Addresses)
			assert.Empty(t, Warning(p))
		})
	}
}
