// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/internal/render"
)

// claims returns the claims among the children whose size or use changes.
func (u *update) claims(all []Child) []Claim {
	var out []Claim
	for i := range all {
		one := &all[i]
		if one.GVK != render.KindPersistentVolumeClaim {
			continue
		}
		key := childKey{one.GVK, one.Name}
		claim := Claim{Component: one.Component, Name: one.Name, Action: one.Action, Before: u.live[key].Size}
		if after, found := u.after.find(key); found {
			claim.After = appliedSize(after)
		} else if one.Action == Retained {
			claim.After = claim.Before
		}
		if one.Action != Changed || claim.Before != claim.After {
			out = append(out, claim)
		}
	}
	return out
}

// appliedSize returns the size that the configuration of a claim requests.
func appliedSize(claim child) string {
	config, ok := claim.config.(*applycorev1.PersistentVolumeClaimApplyConfiguration)
	if !ok || config.Spec == nil || config.Spec.Resources == nil || config.Spec.Resources.Requests == nil {
		return ""
	}
	size := (*config.Spec.Resources.Requests)[corev1.ResourceStorage]
	return size.String()
}
