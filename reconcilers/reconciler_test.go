// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// An alias whose OllamaDeployment cannot be changed for a moment stays as it was; what
// is refused is said at once, and a hiccup of two minutes in the end.
func TestAliasHiccup(t *testing.T) {
	t.Parallel()
	scheme := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(scheme))
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	sample := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	alias := &v1alpha1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "alias", Generation: 2}, Spec: sample.Spec}
	owned := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "owned", Generation: 1}, Spec: *sample.Spec.DeepCopy()}
	owned.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(alias, v1alpha1.GroupVersion.WithKind(v1alpha1.KindAlias))}
	owned.Spec.Ollama.Replicas = new(int32(2))
	owned.Status = v1alpha1.OllamaDeploymentStatus{Phase: v1alpha1.PhaseReady, Ready: "2/2", ReadyReplicas: 2, TotalReplicas: 2, ObservedGeneration: 1}
	alias.Status = *owned.Status.DeepCopy()

	var answer error
	asked := 0
	c := fake.NewClientBuilder().WithScheme(scheme).WithObjects(alias, owned).WithStatusSubresource(alias, owned).
		WithIndex(&autoscalingv2.HorizontalPodAutoscaler{}, autoscalerIndex, indexAutoscaler).
		WithInterceptorFuncs(interceptor.Funcs{Patch: func(context.Context, client.WithWatch, client.Object, client.Patch, ...client.PatchOption) error {
			asked++
			return answer
		}}).Build()
	now := time.Unix(1000, 0)
	r := &AliasReconciler{Client: c, Now: func() metav1.Time { return metav1.NewTime(now) }}
	reconciled := func() (*v1alpha1.Deployment, reconcile.Result, error) {
		object := &v1alpha1.Deployment{}
		require.NoError(t, c.Get(t.Context(), client.ObjectKeyFromObject(alias), object))
		object.UID, object.Generation = alias.UID, alias.Generation
		result, err := r.Reconcile(t.Context(), object)
		return object, result, err
	}

	for _, answer = range []error{apierrors.NewInternalError(errors.New("leader changed")), apierrors.NewUnauthorized("expired"), errors.New("EOF")} {
		object, result, err := reconciled()
		require.Error(t, err)
		assert.Zero(t, result)
		assert.Equal(t, v1alpha1.PhaseReady, object.Status.Phase, answer)
	}
	now = now.Add(failureGracePeriod)
	object, _, err := reconciled()
	require.Error(t, err)
	ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady)
	require.NotNil(t, ready)
	assert.Equal(t, v1alpha1.ReasonApplyFailed, ready.Reason)
	assert.Equal(t, "2/2", object.Status.Ready, "the pods run")

	answer = apierrors.NewForbidden(pods, "x", errors.New("exceeded quota"))
	object, result, err := reconciled()
	require.NoError(t, err)
	assert.Equal(t, firstPause, result.RequeueAfter)
	assert.Contains(t, meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady).Message, "exceeded quota")
	before := asked
	_, _, err = reconciled()
	require.NoError(t, err)
	assert.Equal(t, before, asked, "it is not asked again so soon")
}

// An event's note is short enough for the API server, whatever the message is made of.
func TestNote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("é", 1024), strings.Repeat("a", 1024), strings.Repeat("日", 400)} {
		got := status.Clean(text, maxNote)
		assert.Less(t, len(got), 1024)
		assert.True(t, utf8.ValidString(got))
	}
}
