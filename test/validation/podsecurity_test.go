// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// evaluator has all checks of the Pod Security Standards.
var evaluator = func() policy.Evaluator {
	out, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	return out
}()

// deployments returns the rendered Deployments of d.
func deployments(d *v1alpha1.OllamaDeployment) ([]*appsv1.Deployment, error) {
	children, err := render.Objects(d, render.Options{})
	if err != nil {
		return nil, err
	}
	var out []*appsv1.Deployment
	for _, child := range children {
		if child.Kind != render.KindDeployment {
			continue
		}
		deployment := &appsv1.Deployment{}
		if data, err := json.Marshal(child.Config); err != nil {
			return nil, err
		} else if err := json.Unmarshal(data, deployment); err != nil {
			return nil, err
		}
		out = append(out, deployment)
	}
	return out, nil
}

// conform returns why the pods of d do not conform to the Pod Security level restricted if they are
// meant to, or else to baseline.
func conform(d *v1alpha1.OllamaDeployment) error {
	rendered, err := deployments(d)
	if err != nil {
		return err
	}
	level := psapi.LevelBaseline
	if d.Spec.Security.IsRestricted() {
		level = psapi.LevelRestricted
	}
	for _, deployment := range rendered {
		template := &deployment.Spec.Template
		for i := range template.Spec.Volumes {
			if source := &template.Spec.Volumes[i].VolumeSource; *source == (corev1.VolumeSource{}) {
				source.EmptyDir = &corev1.EmptyDirVolumeSource{} // as the API server has it
			}
		}
		results := evaluator.EvaluatePod(psapi.LevelVersion{Level: level, Version: psapi.LatestVersion()}, &template.ObjectMeta, &template.Spec)
		if result := policy.AggregateCheckResults(results); !result.Allowed {
			return fmt.Errorf("%s: %s", deployment.Name, result.ForbiddenDetail())
		}
	}
	return nil
}

// A security context exceeds a level, as v1alpha1 decides it, if and only if the pods that are rendered with
// it do not conform to the level.
func TestLevelsAreThoseOfKubernetes(t *testing.T) {
	var beyondBaseline, beyondRestricted int
	for i := range *cases {
		g := generator{rand.New(rand.NewPCG(uint64(*seed+i), 1))} //nolint:gosec // reproducible
		context := g.securityContext()
		d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "stack", UID: "1"}}
		d.Spec.Ollama = v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"llama2:7b"}, Pod: &v1alpha1.PodSettings{SecurityContext: context}}
		d.Default()
		exceeds := len(v1alpha1.BeyondBaseline(context)) > 0
		requireLevel(t, d, exceeds, *seed+i)
		if exceeds {
			beyondBaseline++
		}
		d.Spec.Security = &v1alpha1.SecuritySpec{Profile: new(v1alpha1.SecurityRestricted)}
		exceeds = exceeds || len(v1alpha1.BeyondRestricted(context)) > 0
		requireLevel(t, d, exceeds, *seed+i)
		if exceeds {
			beyondRestricted++
		}
	}
	t.Logf("of %d contexts, %d exceed baseline and %d restricted", *cases, beyondBaseline, beyondRestricted)
	require.Greater(t, beyondRestricted, beyondBaseline)
	require.Less(t, beyondRestricted, *cases*9/10, "few contexts conform")
}

func requireLevel(t *testing.T, d *v1alpha1.OllamaDeployment, exceeds bool, seed int) {
	t.Helper()
	if err := conform(d); exceeds != (err != nil) {
		data, _ := yaml.Marshal(d.Spec.Ollama.Pod.SecurityContext)
		t.Fatalf("seed %d, restricted %t: expected to exceed the level: %t, got: %v, of\n%s", seed, d.Spec.Security.IsRestricted(), exceeds, err, data)
	}
}

// securityContext returns a context with profiles of the types that exist.
func (g generator) securityContext() *corev1.PodSecurityContext {
	context := &corev1.PodSecurityContext{}
	g.fill(context)
	context.WindowsOptions, context.SELinuxOptions, context.SeccompProfile, context.AppArmorProfile = nil, nil, nil, nil
	if g.IntN(4) == 0 {
		context.SELinuxOptions = &corev1.SELinuxOptions{
			Level: pick(g, "", "s0:c1"), User: rarely(g, "", "u"), Role: rarely(g, "", "r"),
			Type: pick(g, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", rarely(g, "", "spc_t")),
		}
	}
	if g.IntN(4) == 0 {
		context.SeccompProfile = &corev1.SeccompProfile{Type: pick(g, corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeLocalhost, corev1.SeccompProfileTypeUnconfined)}
	}
	if g.IntN(4) == 0 {
		context.AppArmorProfile = &corev1.AppArmorProfile{Type: pick(g, corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeLocalhost, corev1.AppArmorProfileTypeUnconfined)}
	}
	for i := range context.Sysctls {
		context.Sysctls[i].Name = pick(g, sysctls...)
	}
	return context
}

// sysctls has names of namespaced sysctls, of which not all are safe.
var sysctls = []string{
	"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range",
	"net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_notsent_lowat",
	"net.ipv4.tcp_rmem", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem", "kernel.msgmax", "net.core.somaxconn", "net.ipv4.tcp_mem",
}
