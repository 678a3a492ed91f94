// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// proxyVariables are the variables of a spelling, of which programs read either or both.
//
// Source: golang.org/x/net/http/httpproxy (FromEnvironment); CPython, Lib/urllib/request.py
// (getproxies_environment); curl, docs/libcurl/libcurl-env.md.
type proxyVariables struct {
	proxies []string
	bypass  string
}

var proxySpellings = []proxyVariables{
	{[]string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}, "NO_PROXY"},
	{[]string{"http_proxy", "https_proxy", "all_proxy"}, "no_proxy"},
}

// usesProxy reports whether a variable of the user has a proxy.
func (p part) usesProxy() bool {
	return slices.ContainsFunc(proxySpellings, func(spelling proxyVariables) bool {
		return slices.ContainsFunc(spelling.proxies, p.SetsEnv)
	})
}

// takesEnv reports whether a variable of the user comes from a ConfigMap, a Secret or a field.
func (p part) takesEnv(name string) bool {
	return slices.ContainsFunc(p.EnvVars(), func(v corev1.EnvVar) bool { return v.Name == name && v.ValueFrom != nil })
}

// hidesBypass reports whether a variable with the stack's own Services would hide one of the user in the other
// spelling, whose hosts are not known here: programs that find one spelling do not look at the other.
func (p part) hidesBypass() bool {
	upper, lower := proxySpellings[0], proxySpellings[1]
	hides := func(one, other proxyVariables) bool {
		return slices.ContainsFunc(one.proxies, p.SetsEnv) && !p.SetsEnv(one.bypass) && p.takesEnv(other.bypass)
	}
	return hides(upper, lower) || hides(lower, upper)
}

// bypassProxy returns the user's variables so that requests to the stack's own Services do not go to the
// user's proxy, if there is one. What comes from a ConfigMap, a Secret or a field stays as it is.
func (p part) bypassProxy(users []*applycorev1.EnvVarApplyConfiguration) []*applycorev1.EnvVarApplyConfiguration {
	if p.version < podsThatBypassProxies || !p.usesProxy() {
		return users
	}
	own := strings.Join(p.ownHosts(), ",")
	out := slices.Clone(users)
	value := func(name string) string {
		at := slices.IndexFunc(users, func(v *applycorev1.EnvVarApplyConfiguration) bool { return *v.Name == name })
		if at < 0 || users[at].Value == nil {
			return ""
		}
		return strings.Trim(*users[at].Value, ", ")
	}
	for i, spelling := range proxySpellings {
		hosts := value(spelling.bypass)
		switch {
		case hosts == "*" || p.SetsEnv(spelling.bypass) && hosts == "":
		case hosts != "":
			at := slices.IndexFunc(out, func(v *applycorev1.EnvVarApplyConfiguration) bool { return *v.Name == spelling.bypass })
			out[at] = env(spelling.bypass, hosts+","+own)
		case slices.ContainsFunc(spelling.proxies, p.SetsEnv):
			if p.version >= podsThatKeepBypasses && p.hidesBypass() {
				continue
			}
			// Programs that find this spelling do not look at the other one.
			other := value(proxySpellings[1-i].bypass)
			out = append(out, env(spelling.bypass, strings.TrimPrefix(other+","+own, ",")))
		}
	}
	return out
}

// ownHosts returns the names by which pods reach each other's servers, and themselves.
func (p part) ownHosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, component := range v1alpha1.ComponentNames() {
		name := v1alpha1.ChildName(p.d.Name, component)
		hosts = append(hosts, name, name+"."+p.d.Namespace, name+"."+p.d.Namespace+".svc", name+"."+p.d.Namespace+".svc.cluster.local")
	}
	if tabby := p.d.Spec.Tabby; tabby != nil && tabby.OllamaServiceName != nil && !slices.Contains(hosts, *tabby.OllamaServiceName) {
		hosts = append(hosts, *tabby.OllamaServiceName)
	}
	return hosts
}
