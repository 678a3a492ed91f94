// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// What Kubernetes' own types do not bound in the schema is bounded by rules.
func TestBoundsOfPods(t *testing.T) {
	t.Parallel()
	const spread = "spec.ollama.pod.topologySpreadConstraints[0].labelSelector"
	const context = "spec.ollama.pod.securityContext"
	labels, values := map[string]string{}, make([]string, maxEntries+1)
	for i := range maxEntries + 1 {
		labels[fmt.Sprint("a", i)], values[i] = "b", fmt.Sprint("a", i)
	}
	long := strings.Repeat("a", 4096)
	for name, tc := range map[string]struct {
		pod  v1alpha1.PodSettings
		want []string
	}{
		"labels of a selector": {
			pod:  selecting(metav1.LabelSelector{MatchLabels: labels}),
			want: []string{spread + ".matchLabels: Too many: 257: must have at most 256 items"},
		},
		"expressions of a selector": {
			pod:  selecting(metav1.LabelSelector{MatchExpressions: make([]metav1.LabelSelectorRequirement, maxEntries+1)}),
			want: []string{spread + ".matchExpressions: Too many: 257: must have at most 256 items"},
		},
		"values of a selector": {
			pod:  selecting(metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: metav1.LabelSelectorOpIn, Values: values}}}),
			want: []string{spread + ".matchExpressions[0].values: Too many: 257: must have at most 256 items"},
		},
		"names of profiles and sysctls": {
			pod: v1alpha1.PodSettings{SecurityContext: &corev1.PodSecurityContext{
				AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost, LocalhostProfile: &long},
				SeccompProfile:  &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeLocalhost, LocalhostProfile: new("/a")},
				Sysctls:         []corev1.Sysctl{{Name: strings.Repeat("a", 254)}},
			}},
			want: []string{
				context + `.seccompProfile.localhostProfile: Invalid value: "/a": must be a relative path without '..'`,
				context + `.appArmorProfile.localhostProfile: Invalid value: "` + long[:maxText] + `...": must have at most 4095 characters`,
				context + `.sysctls[0].name: Invalid value: "` + strings.Repeat("a", 254) + `": must have at most 253 characters`,
			},
		},
		"space before a profile": {
			pod: v1alpha1.PodSettings{SecurityContext: &corev1.PodSecurityContext{
				AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost, LocalhostProfile: new(" a")},
			}},
			want: []string{context + `.appArmorProfile.localhostProfile: Invalid value: " a": must not begin or end with a space`},
		},
		"profile of AppArmor named by a path": {
			pod: v1alpha1.PodSettings{SecurityContext: &corev1.PodSecurityContext{
				AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost, LocalhostProfile: new("/usr/bin/ollama")},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
			d.Spec.Ollama.Pod = &tc.pod
			_, errs := ValidateCreate(d, nil, Options{AllowPrivilegedPods: true})
			assert.Equal(t, tc.want, texts(errs))
		})
	}
}

// selecting returns settings with the selector.
func selecting(selector metav1.LabelSelector) v1alpha1.PodSettings {
	return v1alpha1.PodSettings{TopologySpreadConstraints: []corev1.TopologySpreadConstraint{{
		MaxSkew: 1, TopologyKey: "a", WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: &selector,
	}}}
}
