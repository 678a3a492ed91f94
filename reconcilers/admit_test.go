// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Answers of the API server to the request to admit an object.
var (
	webhookAway  = error(apierrors.NewInternalError(errors.New(`failed calling webhook "x": connection refused`)))
	notByWebhook = error(apierrors.NewBadRequest("no"))
)

// That the webhooks do not answer changes no status of an object that is reconciled, for
// as long as it may be a hiccup.
func TestAdmitHiccup(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer     error
		observed   int64
		hiccup, is bool
	}{
		"a hiccup":                 {answer: webhookAway, observed: 2, hiccup: true},
		"a hiccup at a new spec":   {answer: webhookAway, observed: 1, is: true, hiccup: true},
		"a refusal":                {answer: notByWebhook, observed: 2, is: true},
		"admitted and not changed": {answer: nil, observed: 2, is: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "d", Generation: 2}}
			c := fakeCluster(t).WithObjects(d).WithInterceptorFuncs(patchesAnswered(&tc.answer)).Build()
			tracked := (&tracker{}).of(d)
			err := tracked.admit(t.Context(), c, time.Unix(1000, 0), d, d.Generation == tc.observed, func() bool { return false })
			require.Error(t, err)
			assert.Equal(t, tc.is, errors.Is(err, errNotAdmitted))
			assert.Equal(t, tc.hiccup, tracked.judge(err, time.Unix(1000, 0)).failed != nil)
		})
	}
}

// The status of an object stays while the webhooks are away for a moment, be it good or bad.
func TestReconcileAdmitHiccup(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		observed int64
		reason   string
		want     bool
	}{
		"reconciled":          {1, v1alpha1.ReasonReplicasNotReady, false},
		"not reconciled yet":  {0, v1alpha1.ReasonReplicasNotReady, true},
		"not admitted before": {1, v1alpha1.ReasonNotAdmitted, true},
		"not applied before":  {1, v1alpha1.ReasonApplyFailed, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
			d.Namespace, d.Name, d.UID, d.Generation = "n", "a", "d", 1
			d.Spec.Ollama.ImageTag = nil
			d.Status = v1alpha1.OllamaDeploymentStatus{ObservedGeneration: tc.observed, Conditions: []metav1.Condition{
				{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: tc.reason},
			}}
			answer := webhookAway
			c := fakeCluster(t).WithObjects(d).WithStatusSubresource(d).WithInterceptorFuncs(patchesAnswered(&answer)).Build()
			r := &Reconciler{Client: c, APIReader: c, Recorder: events.NewFakeRecorder(10), Now: metav1.Now, owners: lru.New(1)}
			object := &v1alpha1.OllamaDeployment{}
			require.NoError(t, c.Get(t.Context(), client.ObjectKeyFromObject(d), object))
			_, err := r.Reconcile(t.Context(), object)
			require.Error(t, err)
			ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady)
			require.NotNil(t, ready)
			assert.Equal(t, tc.want, ready.Reason == v1alpha1.ReasonNotAdmitted, ready.Reason)
		})
	}
}

// The status of an alias that is not admitted is still that of its OllamaDeployment.
func TestAliasNotAdmitted(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer   error
		observed int64
		phase    v1alpha1.Phase
		fails    bool
	}{
		"a hiccup":               {webhookAway, 2, v1alpha1.PhaseReady, true},
		"a hiccup at a new spec": {webhookAway, 1, v1alpha1.PhaseProgressing, true},
		"a refusal":              {notByWebhook, 2, v1alpha1.PhaseProgressing, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alias, owned := aliasAndOwned(t)
			owned.Status = v1alpha1.OllamaDeploymentStatus{Phase: v1alpha1.PhaseReady, Ready: "2/2", ReadyReplicas: 2, TotalReplicas: 2, ObservedGeneration: 1, Conditions: []metav1.Condition{
				{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonAllReplicasReady},
			}}
			alias.Status = *owned.Status.DeepCopy()
			alias.Status.ObservedGeneration = tc.observed
			alias.Spec.Ollama.ImageTag = nil
			c := fakeCluster(t).WithObjects(alias, owned).WithStatusSubresource(alias, owned).WithInterceptorFuncs(patchesAnswered(&tc.answer)).Build()
			r := &AliasReconciler{Client: c, Now: metav1.Now}
			object := &v1alpha1.Deployment{}
			require.NoError(t, c.Get(t.Context(), client.ObjectKeyFromObject(alias), object))
			_, err := r.Reconcile(t.Context(), object)
			assert.Equal(t, tc.fails, err != nil, "%v", err)
			assert.Equal(t, tc.phase, object.Status.Phase)
			assert.Equal(t, "2/2", object.Status.Ready)
		})
	}
}
