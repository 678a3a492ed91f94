// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/patterns"
	"github.com/geeper-io/llm-operator/internal/render"
)

// What admission refuses of Tabby's volumes is not mounted when it is stored all the same.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	projected := func(sources ...corev1.VolumeProjection) corev1.VolumeSource {
		return corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: sources}}
	}
	config := corev1.VolumeProjection{ConfigMap: &corev1.ConfigMapProjection{}}
	for name, tc := range map[string]struct {
		source corev1.VolumeSource
		opts   Options
		want   string
	}{
		"a ConfigMap":         {source: projected(config)},
		"a folder":            {source: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{}}, want: "spec.tabby.volumes[0].hostPath is not allowed without the operator's flag --allow-host-path; it was stored while the webhooks were away, or the flag was set"},
		"an allowed folder":   {source: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{}}, opts: Options{AllowHostPath: true}},
		"a token":             {source: projected(config, corev1.VolumeProjection{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{}}), opts: Options{AllowHostPath: true}, want: "spec.tabby.volumes[0].projected.sources[1].serviceAccountToken is not allowed in a volume; it was stored while the webhooks were away, or by an earlier version"},
		"a pod's certificate": {source: projected(corev1.VolumeProjection{PodCertificate: &corev1.PodCertificateProjection{}}), want: "spec.tabby.volumes[0].projected.sources[0].podCertificate is not allowed in a volume; it was stored while the webhooks were away, or by an earlier version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &v1alpha1.OllamaDeployment{}
			d.Spec.Tabby = &v1alpha1.TabbySpec{}
			d.Spec.Tabby.Volumes = []corev1.Volume{{VolumeSource: tc.source}}
			require.NoError(t, tc.opts.notAllowed(d, v1alpha1.ComponentOllama))
			err := tc.opts.notAllowed(d, v1alpha1.ComponentTabby)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.want)
			assert.Equal(t, v1alpha1.ReasonNotAllowed, problemReason(err))
		})
	}
}

func TestIngressNotAllowed(t *testing.T) {
	t.Parallel()
	opts := Options{AllowedIngressHosts: patterns.Hosts{"*.example.com"}, AllowedIngressAnnotations: patterns.Annotations{"example.com/*"}}
	for name, tc := range map[string]struct {
		ingress *v1alpha1.IngressSpec
		want    string
	}{
		"none":             {},
		"allowed":          {ingress: &v1alpha1.IngressSpec{Host: "a.example.com", Annotations: map[string]string{"example.com/a": ""}}},
		"a host":           {&v1alpha1.IngressSpec{Host: "a.org"}, "spec.tabby.ingress.host is not allowed by the operator's flag --allowed-ingress-hosts; it was stored while the webhooks were away, or before the flag was set"},
		"all hosts":        {&v1alpha1.IngressSpec{}, "spec.tabby.ingress.host is not allowed"},
		"a host of a cert": {&v1alpha1.IngressSpec{Host: "a.example.com", TLS: &networkingv1.IngressTLS{Hosts: []string{"a.org"}}}, "spec.tabby.ingress.tls.hosts[0] is not allowed"},
		"an annotation":    {&v1alpha1.IngressSpec{Host: "a.example.com", Annotations: map[string]string{"a.org/a": ""}}, "spec.tabby.ingress.annotations[a.org/a] is not allowed by the operator's flag --allowed-ingress-annotations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &v1alpha1.OllamaDeployment{}
			d.Spec.Tabby = &v1alpha1.TabbySpec{Ingress: tc.ingress}
			require.NoError(t, Options{}.ingressNotAllowed(d, v1alpha1.ComponentTabby))
			err := opts.ingressNotAllowed(d, v1alpha1.ComponentTabby)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// An Ingress that is not allowed is neither made nor changed nor removed, and holds up
// nothing else.
func TestIngressHeldBack(t *testing.T) {
	t.Parallel()
	for name, exists := range map[string]bool{"a new one": false, "one that exists": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "d", Generation: 1}}
			d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama2:7b"}
			d.Spec.OpenWebUI = &v1alpha1.OpenWebUISpec{Enabled: new(true), Ingress: &v1alpha1.IngressSpec{Enabled: new(true), Host: "before.org"}}
			d.Default()
			c := fakeCluster(t).Build()
			r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now, Options: Options{AllowedIngressHosts: patterns.Hosts{"*.example.com"}}}
			all, err := bundles(d, render.Options{})
			require.NoError(t, err)
			for _, b := range all {
				if !exists && b.component == v1alpha1.ComponentOpenWebUI {
					b.objects = b.objects[:0:0]
				}
				applyBundle(t, c, d, b)
			}
			d.Spec.OpenWebUI.Ingress.Host = "after.org"
			_, err = r.applyChildren(t.Context(), r.tracker.of(d), d)
			assert.True(t, is[*notAllowedError](err), "%v", err)
			ingress := &networkingv1.Ingress{}
			err = c.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: "a-openwebui"}, ingress)
			if !exists {
				assert.True(t, apierrors.IsNotFound(err), "%v", err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "before.org", ingress.Spec.Rules[0].Host)
		})
	}
}
