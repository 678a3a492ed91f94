// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// testControl runs Deployments that are not the operator's, to show that the double reports what the operator
// prevents.
func testControl(t *testing.T, shares *shares) {
	t.Helper()
	s := newSpace(t)
	for name, tc := range map[string]struct {
		replicas int32
		image    string
		want     string
	}{
		"crowd":   {replicas: 3, want: "two instances migrate at the same time"},
		"rolling": {replicas: 1, image: "v0.12.0", want: "version 0.12.0 started while version 0.11.0 was running"},
	} {
		url, err := shares.postgres.Create(t.Context(), name)
		require.NoError(t, err)
		deployment := plainDeployment(s.namespace, name, tc.replicas, url)
		require.NoError(t, s.client.Create(t.Context(), deployment))
		if tc.image != "" {
			s.podOf(t, name)
			s.kubectl(t, "set", "image", "deployment/"+name, "openwebui=ghcr.io/open-webui/open-webui:"+tc.image)
		}
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			assert.Contains(c, shares.violations(c, name), tc.want)
		}, patience, tick)
	}
}

// plainDeployment returns a Deployment of Open WebUI as people write it by hand.
func plainDeployment(namespace, name string, replicas int32, url string) *appsv1.Deployment {
	labels := map[string]string{v1alpha1.LabelComponent: name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "openwebui", Image: "ghcr.io/open-webui/open-webui:v0.11.0",
					Env: []corev1.EnvVar{{Name: "WEBUI_SECRET_KEY", Value: "key"}, {Name: "DATABASE_URL", Value: url}},
					ReadinessProbe: &corev1.Probe{PeriodSeconds: 1, ProbeHandler: corev1.ProbeHandler{
						HTTPGet: &corev1.HTTPGetAction{Path: "/health", Port: intstr.FromInt32(8080)},
					}},
				}}},
			},
		},
	}
}
