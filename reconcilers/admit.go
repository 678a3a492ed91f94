// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// errNotAdmitted reports a spec that was stored without passing the webhooks.
var errNotAdmitted = errors.New("the spec was stored without passing the operator's webhooks and lacks its defaults; " +
	"it is not reconciled before they have admitted it, which the operator asks for by itself")

// isReconciled reports whether the generation was reconciled without a problem. The status also
// observes a generation when it reports a problem with it.
func isReconciled(status v1alpha1.OllamaDeploymentStatus, generation int64) bool {
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || status.ObservedGeneration != generation {
		return false
	}
	for _, known := range problemReasons {
		if known.reason == ready.Reason {
			return false
		}
	}
	return true
}

// admit sends a stored object that lacks defaults through admission again: it was stored while the
// webhooks were unavailable, or before a default was added. An empty patch changes nothing itself
// but calls the webhooks, whose defaults belong to no field manager. The object is updated in
// place. While the webhooks do not answer, the request is retried with a backoff. If the object is
// already reconciled, that is only a transient error, and its children stay unchanged.
func (t *trackedObject) admit(ctx context.Context, c client.Client, now time.Time, object client.Object, reconciled bool, isDefaulted func() bool) error {
	if isDefaulted() {
		return nil
	}
	key := childKey{v1alpha1.GroupVersion.WithKind(v1alpha1.Kind), object.GetName()}
	err := t.request(ctx, now, admitting, key, "admit", func() error {
		err := c.Patch(ctx, object, client.RawPatch(types.MergePatchType, []byte("{}")), client.FieldOwner(v1alpha1.ManagedBy))
		if err == nil && !isDefaulted() {
			return errNotAdmitted
		}
		return err
	})
	switch {
	case err == nil:
		ctrl.LoggerFrom(ctx).Info("had the object admitted, because it lacked defaults")
		return nil
	case errors.Is(err, errNotAdmitted):
		return errNotAdmitted
	case reconciled && !isRefused(err):
		return err
	default:
		return errors.Join(errNotAdmitted, err)
	}
}
