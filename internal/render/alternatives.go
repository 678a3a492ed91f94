// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// earlierSeedScript seeds a volume only once, as earlier versions did.
const earlierSeedScript = `[ -e "$2/.seeded" ] || { cp -R "$1/." "$2/" && : >"$2/.seeded"; }`

// alternatives returns other pod templates that are equivalent to the part's own: those of
// earlier versions of the operator, so that an upgrade does not restart pods, and that of several
// replicas, so that scaling down to one does not.
func (p part) alternatives() []*applycorev1.PodTemplateSpecApplyConfiguration {
	others := []part{p}
	if p.Name == v1alpha1.ComponentOllama && p.storage() != nil && !p.noPrune {
		others = append(others, p)
		others[1].noPrune = true
	}
	var out []*applycorev1.PodTemplateSpecApplyConfiguration
	for i, other := range others {
		if i > 0 {
			out = append(out, other.pod(other))
		}
		other.earlier = true
		out = append(out, other.pod(other))
	}
	return out
}
