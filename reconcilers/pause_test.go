// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Nothing is written for an object that is paused from the start, and all children are named. When it is resumed,
// all is applied.
func TestPausedFromTheStart(t *testing.T) {
	t.Parallel()
	r := newReferring(t, `{paused: true, ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true}}`)
	const all = `spec.paused is true; not applied: ConfigMap "a-ollama", Service "a-ollama", Deployment "a-ollama", ` +
		`Service "a-openwebui", Secret "a-openwebui", Deployment "a-openwebui"`
	_, why := r.reconcile(v1alpha1.ReasonPaused)
	assert.Equal(t, all, why)
	assert.Equal(t, "False Paused "+all, r.progressing())
	for _, list := range []client.ObjectList{&corev1.ConfigMapList{}, &corev1.ServiceList{}, &corev1.SecretList{}, &appsv1.DeploymentList{}} {
		require.NoError(t, r.List(t.Context(), list))
		assert.Zero(t, meta.LenList(list), "%T", list)
	}

	r.change(func(d *v1alpha1.OllamaDeployment) { d.Spec.Paused = nil })
	_, why = r.reconcile(v1alpha1.ReasonPaused)
	assert.Empty(t, why)
	deployments := &appsv1.DeploymentList{}
	require.NoError(t, r.List(t.Context(), deployments))
	assert.Len(t, deployments.Items, 2)
}

// A paused object of which everything is applied stays ready, and names what changes, until that is undone.
func TestPausedLater(t *testing.T) {
	t.Parallel()
	r := newTrimmed(t, `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, ingress: {enabled: true, host: chat.example.com}}}`)
	r.reconcile("")
	r.change(func(d *v1alpha1.OllamaDeployment) { d.Spec.Paused = new(true) })
	_, why := r.reconcile(v1alpha1.ReasonPaused)
	assert.Empty(t, why)
	assert.Equal(t, "False Paused spec.paused is true; everything is applied", r.progressing())

	r.change(func(d *v1alpha1.OllamaDeployment) {
		d.Spec.Ollama.ImageTag = new("1")
		d.Spec.OpenWebUI.Ingress.Enabled = new(false)
	})
	_, why = r.reconcile(v1alpha1.ReasonPaused)
	assert.Equal(t, `spec.paused is true; not applied: Deployment "a-ollama"; not deleted: Ingress "a-openwebui"`, why)
	ingresses := &networkingv1.IngressList{}
	require.NoError(t, r.List(t.Context(), ingresses))
	assert.Len(t, ingresses.Items, 1)

	r.change(func(d *v1alpha1.OllamaDeployment) {
		d.Spec.Ollama.ImageTag = new(v1alpha1.DefaultOllamaImageTag)
		d.Spec.OpenWebUI.Ingress.Enabled = new(true)
	})
	_, why = r.reconcile(v1alpha1.ReasonPaused)
	assert.Empty(t, why)
}

// Other problems are reported beside.
func TestPausedWithAProblem(t *testing.T) {
	t.Parallel()
	r := newReferring(t, `{paused: true, trust: {configMapRef: {name: corporate}}, ollama: {models: ["llama2:7b"], identitySecretRef: {name: key, create: true}}}`)
	_, why := r.reconcile(v1alpha1.ReasonPaused)
	assert.Equal(t, `spec.paused is true; not applied: Secret "key"; ConfigMap "corporate" of spec.trust does not exist`, why)
}

// progressing returns the condition Progressing.
func (r *referring) progressing() string {
	r.t.Helper()
	live := &v1alpha1.OllamaDeployment{}
	require.NoError(r.t, r.Get(r.t.Context(), client.ObjectKeyFromObject(r.object), live))
	c := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionProgressing)
	require.NotNil(r.t, c)
	return string(c.Status) + " " + c.Reason + " " + c.Message
}
