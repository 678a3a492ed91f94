// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A podVersion numbers the versions of the pod templates that the operator has rendered.
type podVersion int

const (
	firstPods podVersion = iota
	// podsWithLogTail report the end of their log when they fail, and seed their data once
	// for each image.
	podsWithLogTail
	// podsThatDrain are removed from endpoints before they stop, are probed for readiness
	// every 5 seconds, and do not pull an image that their node has.
	podsThatDrain
	// podsWithModelList of Ollama pull the models while the server runs instead of before it starts,
	// and read the list from a file. Earlier ones cannot be kept, because the list is in their template.
	podsWithModelList
	// podsThatSpread are spread over nodes, tolerate the taints of their devices, and see no devices
	// that they have not requested.
	podsThatSpread
	// podsThatBypassProxies of users do not reach the stack's own Services through them.
	podsThatBypassProxies
	// podsThatKeepBypasses do so also of a list of hosts that comes from elsewhere, in another spelling.
	podsThatKeepBypasses

	currentPods = podsThatKeepBypasses
)

// earlierSeedScript is the script of versions before podsWithLogTail, which seeded a volume only once.
const earlierSeedScript = `[ -e "$2/.seeded" ] || { cp -R "$1/." "$2/" && : >"$2/.seeded"; }`

// alternatives returns pod templates that are equivalent to the part's own: those of earlier
// versions of the operator, so that an upgrade does not restart pods, and those for several
// replicas, so that scaling down to one does not.
func (p part) alternatives() []*applycorev1.PodTemplateSpecApplyConfiguration {
	others := []part{p}
	if p.Name == v1alpha1.ComponentOllama && p.HasClaim() && !p.noPrune {
		others = append(others, p)
		others[1].noPrune = true
	}
	var out []*applycorev1.PodTemplateSpecApplyConfiguration
	for i, other := range others {
		if i > 0 {
			out = append(out, other.pod(other))
		}
		for other.version > p.oldestPods {
			other.version--
			if other.version >= podsThatSpread && !p.usesProxy() || other.version == podsThatBypassProxies && !p.hidesBypass() {
				continue // the current ones are the same
			}
			out = append(out, other.pod(other))
		}
	}
	return out
}
