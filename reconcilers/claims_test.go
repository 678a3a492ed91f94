// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// The object becomes an owner of the claim, or stops being one, and other owners stay.
func TestClaimOwners(t *testing.T) {
	t.Parallel()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Name: "a", UID: "a-uid"}}
	byObject := *metav1.NewControllerRef(d, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	other := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "x", UID: "x"}
	type owners = []metav1.OwnerReference
	for name, tc := range map[string]struct {
		live  owners
		owned bool
		want  owners
	}{
		"is retained":                {want: owners{}},
		"is retained from now on":    {live: owners{byObject, other}, want: owners{other}},
		"is of others":               {live: owners{other}, want: owners{other}},
		"goes with the object":       {live: owners{byObject}, owned: true, want: owners{byObject}},
		"goes with it from now on":   {owned: true, want: owners{byObject}},
		"goes with it and of others": {live: owners{other}, owned: true, want: owners{other, byObject}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.ElementsMatch(t, tc.want, claimOwners(tc.live, d, tc.owned))
		})
	}
}

// A claim keeps its class, because Kubernetes lets it change only if there is none.
func TestPreserveClass(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rendered, live, want *string
		applied, bound       bool
	}{
		"unset, as ever":              {},
		"unset, with a default class": {live: new("standard")},
		"unset, and applied earlier":  {live: new("fast"), applied: true, want: new("fast")},
		"set, as it is":               {rendered: new("fast"), live: new("fast"), want: new("fast")},
		"set, for a claim without":    {rendered: new("fast"), want: new("fast")},
		"set, for a volume without":   {rendered: new("fast"), bound: true},
		"set, for a retained claim":   {rendered: new("fast"), live: new("slow"), want: new("slow")},
		"set, for no class":           {rendered: new("fast"), live: new(""), want: new("")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := &corev1.PersistentVolumeClaim{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: tc.live}}
			if tc.bound {
				live.Spec.VolumeName = "pv"
			}
			if tc.applied {
				live.Labels = map[string]string{classLabel: "applied"}
			}
			config := applycorev1.PersistentVolumeClaim("a", "b").WithSpec(applycorev1.PersistentVolumeClaimSpec().
				WithResources(applycorev1.VolumeResourceRequirements().WithRequests(corev1.ResourceList{})))
			config.Spec.StorageClassName = tc.rendered
			render.Object{Config: config}.Keep(&v1alpha1.OllamaDeployment{}, liveOf(live))
			assert.Equal(t, tc.want, config.Spec.StorageClassName)
		})
	}
}

// A claim that only one pod can mount stops a component whose pods would share it.
func TestNotShareable(t *testing.T) {
	t.Parallel()
	once := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "models"},
		Spec:       corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}},
	}
	many := once.DeepCopy()
	many.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce, corev1.ReadWriteMany}
	for name, tc := range map[string]struct {
		spec   string
		claim  *corev1.PersistentVolumeClaim
		scaled int32
		want   string
	}{
		"one replica":              {spec: `resources: {requests: {storage: 1Gi}}`, claim: once},
		"several replicas":         {spec: `replicas: 2, resources: {requests: {storage: 1Gi}}`, claim: once, want: `PersistentVolumeClaim "a-ollama" can be used by one pod at a time, and ollama has 2 replicas; set the replicas to 1, or delete the claim with its data, or choose another name`},
		"several replicas, shared": {spec: `replicas: 2, resources: {requests: {storage: 1Gi}}`, claim: many},
		"several replicas, scaled down by an autoscaler": {spec: `replicas: 2, resources: {requests: {storage: 1Gi}}`, claim: once, scaled: 1, want: `PersistentVolumeClaim "a-ollama" can be used by one pod at a time, and ollama has 2 replicas; set the replicas to 1, or delete the claim with its data, or choose another name`},
		"one replica, scaled up by an autoscaler":        {spec: `resources: {requests: {storage: 1Gi}}`, claim: once, scaled: 3, want: `PersistentVolumeClaim "a-ollama" can be used by one pod at a time, and ollama has 3 replicas; set the replicas to 1, or delete the claim with its data, or choose another name`},
		"one replica, said to be shared":                 {spec: `resources: {requests: {storage: 1Gi}}, storage: {accessModes: [ReadWriteMany]}`, claim: once, want: `PersistentVolumeClaim "a-ollama" exists and is not ReadWriteMany as ollama.storage.accessModes says; remove accessModes, or delete the claim with its data, or choose another name`},
		"the user's claim":                               {spec: `storage: {existingClaim: models}`, claim: once},
		"the user's claim, several replicas":             {spec: `replicas: 2, storage: {existingClaim: models}`, claim: once, want: `PersistentVolumeClaim "models" is not ReadWriteMany, and ollama has 2 replicas; set the replicas to 1, or ollama.storage.existingClaim to a claim that is`},
		"the user's claim, shared":                       {spec: `replicas: 2, storage: {existingClaim: models}`, claim: many},
		"the user's claim is missing":                    {spec: `replicas: 2, storage: {existingClaim: models}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: a}, spec: {ollama: {models: ["llama2:7b"], `+tc.spec+`}}}`))
			all, err := bundles(d, render.Options{})
			require.NoError(t, err)
			deployment := &appsv1.Deployment{}
			state := bundleState{children: map[schema.GroupVersionKind]client.Object{render.KindDeployment: deployment}}
			if tc.scaled > 0 {
				state.autoscaled, deployment.Spec.Replicas = true, &tc.scaled
			}
			if all[0].existingClaim != "" {
				state.existingClaim = tc.claim
			} else {
				state.children[render.KindPersistentVolumeClaim] = tc.claim
			}
			err = all[0].notShareable(state)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.want)
			assert.Equal(t, v1alpha1.ReasonClaimNotShareable, problemReason(err))
		})
	}
}
