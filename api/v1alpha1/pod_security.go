// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A SecurityViolation is a field of a security context that exceeds a level of the Pod Security
// Standards.
//
// +kubebuilder:object:generate=false
type SecurityViolation struct {
	// Path leads to the field, by JSON names.
	Path []string
	// Allowed says what the level allows.
	Allowed string
}

// What the level baseline allows in Kubernetes 1.37. Earlier versions allow fewer types and sysctls.
//
// Source: k8s.io/pod-security-admission, policy/check_seLinuxOptions.go and check_sysctls.go.
var (
	baselineSELinuxTypes = []string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
	baselineSysctls      = []string{
		"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_rmem", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syncookies",
		"net.ipv4.tcp_wmem",
	}
)

// BeyondBaseline returns the fields of a pod's security context that exceed the Pod Security level
// baseline. It ignores windowsOptions, which admission never allows, and the API server never takes on
// pods that are not in the host's network.
func BeyondBaseline(context *corev1.PodSecurityContext) []SecurityViolation {
	if context == nil {
		return nil
	}
	var out []SecurityViolation
	if linux := context.SELinuxOptions; linux != nil {
		if !slices.Contains(baselineSELinuxTypes, linux.Type) {
			out = append(out, SecurityViolation{[]string{"seLinuxOptions", "type"}, "container_t, container_init_t, container_kvm_t or container_engine_t"})
		}
		if linux.User != "" || linux.Role != "" {
			out = append(out, SecurityViolation{[]string{"seLinuxOptions"}, "no user and no role"})
		}
	}
	if seccomp := context.SeccompProfile; seccomp != nil && seccomp.Type == corev1.SeccompProfileTypeUnconfined {
		out = append(out, SecurityViolation{[]string{"seccompProfile", "type"}, "RuntimeDefault or Localhost"})
	}
	if armor := context.AppArmorProfile; armor != nil && armor.Type == corev1.AppArmorProfileTypeUnconfined {
		out = append(out, SecurityViolation{[]string{"appArmorProfile", "type"}, "RuntimeDefault or Localhost"})
	}
	if slices.ContainsFunc(context.Sysctls, func(s corev1.Sysctl) bool { return !slices.Contains(baselineSysctls, s.Name) }) {
		out = append(out, SecurityViolation{[]string{"sysctls"}, "the safe sysctls"})
	}
	return out
}

// BeyondRestricted returns the fields of a pod's security context that exceed the level restricted, but
// not baseline.
func BeyondRestricted(context *corev1.PodSecurityContext) []SecurityViolation {
	if context == nil {
		return nil
	}
	var out []SecurityViolation
	if context.RunAsNonRoot != nil && !*context.RunAsNonRoot {
		out = append(out, SecurityViolation{[]string{"runAsNonRoot"}, "true"})
	}
	if context.RunAsUser != nil && *context.RunAsUser == 0 {
		out = append(out, SecurityViolation{[]string{"runAsUser"}, "any user but 0, which is root"})
	}
	return out
}
