// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// maxPlannedBytes limits the JSON of both objects of an update for which a plan is computed: it renders the objects
// several times while the API server waits, which refuses the update after five seconds. Usual ones have some kB.
const maxPlannedBytes = 128 << 10

// consequence returns what an update of the stored object old does that users should know, as one line: that pods stop
// serving, an address is lost or all models are pulled anew. It is "" for a create, where old is nil, if nothing of
// that happens, and if it cannot be told in time: no update fails because of it. Of an object that is paused it is only
// known whether something was held back.
func consequence(ctx context.Context, req admission.Request, d, old *v1alpha1.OllamaDeployment) (line string) {
	switch {
	case old == nil || equality.Semantic.DeepEqual(d.Spec, old.Spec):
		return ""
	case old.Spec.IsPaused():
		return heldBack(d, old)
	case len(req.Object.Raw)+len(req.OldObject.Raw) > maxPlannedBytes:
		return ""
	}
	defer prometheus.NewTimer(planDuration).ObserveDuration()
	defer func() {
		if recover() != nil {
			line = ""
		}
	}()
	p, err := plan.Compute(plan.Input{Old: old, New: d, Brief: true, Stop: func() bool { return ctx.Err() != nil }})
	if err != nil {
		return ""
	}
	return plan.Warning(p)
}

// heldBack returns that an update applies what was held back while the stored object was paused, "" if it does not.
func heldBack(d, old *v1alpha1.OllamaDeployment) string {
	ready := meta.FindStatusCondition(old.Status.Conditions, v1alpha1.ConditionReady)
	if d.Spec.IsPaused() || ready == nil || ready.Reason != v1alpha1.ReasonPaused {
		return ""
	}
	return plan.HeldBack
}
