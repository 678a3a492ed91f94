// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// account and privileged are settings that admission refuses unless a flag allows them.
var (
	account    = v1alpha1.PodSettings{ServiceAccountName: new("admin")}
	privileged = v1alpha1.PodSettings{SecurityContext: &corev1.PodSecurityContext{
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined},
	}}
)

// What admission refuses of a pod's settings is refused when it is stored all the same, by the component
// that has it, and only the flag for it allows it.
func TestPodSettingsNotAllowed(t *testing.T) {
	t.Parallel()
	const (
		accountRefused    = ".pod.serviceAccountName is not allowed without the operator's flag --allow-service-accounts; it was stored while the webhooks were away, or the flag was set"
		privilegedRefused = ".pod.securityContext is not allowed without the operator's flag --allow-privileged-pods; it was stored while the webhooks were away, or the flag was set"
	)
	const unconfinedRefused = ".pod.annotations[container.apparmor.security.beta.kubernetes.io/ollama] is not allowed without the operator's flag --allow-privileged-pods; it was stored while the webhooks were away, or the flag was set"
	unconfinedPod := v1alpha1.PodSettings{Annotations: map[string]string{
		"container.apparmor.security.beta.kubernetes.io/a":      "runtime/default",
		"container.apparmor.security.beta.kubernetes.io/ollama": "unconfined",
	}}
	both := v1alpha1.PodSettings{ServiceAccountName: account.ServiceAccountName, SecurityContext: privileged.SecurityContext}
	baseline := v1alpha1.PodSettings{SecurityContext: &corev1.PodSecurityContext{RunAsUser: new(int64(0))}}
	for name, tc := range map[string]struct {
		settings v1alpha1.PodSettings
		opts     Options
		want     string
	}{
		"nothing":                               {},
		"a context of the level baseline":       {settings: baseline},
		"a ServiceAccount":                      {settings: account, want: accountRefused},
		"a ServiceAccount, with other flags":    {settings: account, opts: Options{AllowPrivilegedPods: true, AllowHostPath: true}, want: accountRefused},
		"an allowed ServiceAccount":             {settings: account, opts: Options{AllowServiceAccounts: true}},
		"a privileged context":                  {settings: privileged, want: privilegedRefused},
		"a privileged context with other flags": {settings: privileged, opts: Options{AllowServiceAccounts: true, AllowHostPath: true}, want: privilegedRefused},
		"an unconfined annotation":              {settings: unconfinedPod, want: unconfinedRefused},
		"an allowed unconfined annotation":      {settings: unconfinedPod, opts: Options{AllowPrivilegedPods: true}},
		"an allowed context":                    {settings: privileged, opts: Options{AllowPrivilegedPods: true}},
		"both, of which one is allowed":         {settings: both, opts: Options{AllowServiceAccounts: true}, want: privilegedRefused},
		"both, of which the other is allowed":   {settings: both, opts: Options{AllowPrivilegedPods: true}, want: accountRefused},
		"both, with both flags":                 {settings: both, opts: Options{AllowServiceAccounts: true, AllowPrivilegedPods: true}},
	} {
		for _, component := range []v1alpha1.ComponentName{v1alpha1.ComponentOllama, v1alpha1.ComponentOpenWebUI, v1alpha1.ComponentTabby} {
			t.Run(name+" of "+string(component), func(t *testing.T) {
				t.Parallel()
				d := &v1alpha1.OllamaDeployment{}
				d.Spec.OpenWebUI, d.Spec.Tabby = &v1alpha1.OpenWebUISpec{}, &v1alpha1.TabbySpec{}
				settings := map[v1alpha1.ComponentName]**v1alpha1.PodSettings{
					v1alpha1.ComponentOllama: &d.Spec.Ollama.Pod, v1alpha1.ComponentOpenWebUI: &d.Spec.OpenWebUI.Pod, v1alpha1.ComponentTabby: &d.Spec.Tabby.Pod,
				}
				*settings[component] = &tc.settings
				for other := range settings {
					err := tc.opts.notAllowed(d, other)
					if tc.want == "" || other != component {
						require.NoError(t, err, other)
						continue
					}
					require.EqualError(t, err, "spec."+string(component)+tc.want)
					assert.Equal(t, v1alpha1.ReasonNotAllowed, problemReason(err))
				}
			})
		}
	}
}

// Pods that are not allowed are neither made nor changed nor removed, and hold up no other component.
func TestPodsHeldBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		settings v1alpha1.PodSettings
		opts     Options
		exists   bool
		applied  bool
	}{
		"a new ServiceAccount":                     {settings: account},
		"a ServiceAccount of pods that exist":      {settings: account, exists: true},
		"an allowed ServiceAccount":                {settings: account, exists: true, opts: Options{AllowServiceAccounts: true}, applied: true},
		"a new privileged context":                 {settings: privileged},
		"a privileged context of pods that exist":  {settings: privileged, exists: true},
		"an allowed context":                       {settings: privileged, exists: true, opts: Options{AllowPrivilegedPods: true}, applied: true},
		"a ServiceAccount, with the other flag":    {settings: account, exists: true, opts: Options{AllowPrivilegedPods: true}},
		"a privileged context with the other flag": {settings: privileged, exists: true, opts: Options{AllowServiceAccounts: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "d", Generation: 1}}
			d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b"}
			d.Spec.OpenWebUI = &v1alpha1.OpenWebUISpec{Enabled: new(true)}
			d.Default()
			c := fakeCluster(t).Build()
			r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now, Options: tc.opts}
			all, err := bundles(d, render.Options{})
			require.NoError(t, err)
			for _, b := range all {
				if tc.exists {
					applyBundle(t, c, d, b)
				}
			}
			d.Spec.OpenWebUI.ImageTag = new("later")
			d.Spec.OpenWebUI.Pod = &tc.settings
			d.Spec.Ollama.ImageTag = new("later")
			_, err = r.applyChildren(t.Context(), r.tracker.of(d), d)
			assert.Equal(t, !tc.applied, is[*notAllowedError](err), "%v", err)

			ollama, webui := &appsv1.Deployment{}, &appsv1.Deployment{}
			require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a-ollama"}, ollama))
			assert.Equal(t, "ollama/ollama:later", ollama.Spec.Template.Spec.Containers[0].Image)
			err = c.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a-openwebui"}, webui)
			if !tc.exists {
				assert.True(t, apierrors.IsNotFound(err), "%v", err)
				return
			}
			require.NoError(t, err)
			spec := webui.Spec.Template.Spec
			assert.Equal(t, tc.applied, spec.Containers[0].Image == "ghcr.io/open-webui/open-webui:later", spec.Containers[0].Image)
			assert.Equal(t, tc.applied && tc.settings.ServiceAccountName != nil, spec.ServiceAccountName == "admin")
			assert.Equal(t, tc.applied && tc.settings.SecurityContext != nil, spec.SecurityContext.SeccompProfile.Type == corev1.SeccompProfileTypeUnconfined)
		})
	}
}
