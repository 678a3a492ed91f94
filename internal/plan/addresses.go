// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"
	"k8s.io/utils/ptr"
	applygatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// anyNodePort is the address of a node port that Kubernetes chooses. It stays when it is no longer set.
const anyNodePort = "a node port that Kubernetes chooses"

// sources are where addresses of Services come from. Addresses of one source replace each other.
var sources = []func(child) []string{clusterAddresses, nodePorts, loadBalancers}

// ends are the addresses of a source before and after the update.
type ends struct{ before, after []string }

// ends returns the addresses that a child of the kind has.
func (u *update) ends(key childKey, addresses func(child) []string) ends {
	var out ends
	if one, found := u.before.find(key); found {
		out.before = addresses(one)
	}
	if one, found := u.after.find(key); found {
		out.after = addresses(one)
	}
	return out
}

// addresses returns the addresses that change.
func (u *update) addresses() []Address {
	var out []Address
	for _, component := range v1alpha1.ComponentNames() {
		name := v1alpha1.ChildName(u.name(), component)
		service := childKey{render.KindService, name}
		after, _ := u.after.find(service)
		for _, source := range sources {
			at := u.ends(service, source)
			if len(at.after) == 0 && isLoadBalancer(after) {
				continue // of its addresses only node ports can be unset, and Kubernetes keeps them
			}
			out = append(out, replaced(component, at.before, at.after)...)
		}
		urls := u.ends(childKey{render.KindIngress, name}, ingressURLs)
		hosts := u.ends(childKey{render.KindHTTPRoute, name}, routeHosts)
		out = append(out, moved(component, &urls, &hosts)...)
		out = append(out, moved(component, &hosts, &urls)...)
		out = append(out, replaced(component, urls.before, urls.after)...)
		out = append(out, replaced(component, hosts.before, hosts.after)...)
	}
	return out
}

// moved takes the addresses from both whose host is served by the other kind instead, and returns them as changes.
func moved(component v1alpha1.ComponentName, from, to *ends) []Address {
	var out []Address
	var stay []string
	taken := map[string]bool{}
	for _, address := range from.before {
		isSame := func(other string) bool { return hostOf(other) == hostOf(address) }
		i := slices.IndexFunc(to.after, isSame)
		if i < 0 || slices.ContainsFunc(from.after, isSame) {
			stay = append(stay, address)
			continue
		}
		out = append(out, Address{Component: component, Action: Changed, Before: address, After: to.after[i]})
		taken[to.after[i]] = !slices.Contains(to.before, to.after[i])
	}
	from.before = stay
	to.after = slices.DeleteFunc(to.after, func(address string) bool { return taken[address] })
	return out
}

// hostOf returns the host of a URL or of a route.
func hostOf(address string) string {
	if _, host, isURL := strings.Cut(address, "://"); isURL {
		return host
	}
	host, _, _ := strings.Cut(address, byGateway)
	return host
}

// byGateway separates the host of a route from its Gateway.
const byGateway = " by "

// staysReachable reports whether the address gets a certificate, or its host is served by an Ingress instead of a route
// or the reverse.
func (a Address) staysReachable() bool {
	isRoute := func(address string) bool { return strings.Contains(address, byGateway) }
	return strings.Replace(a.Before, "http://", "https://", 1) == a.After ||
		isRoute(a.Before) != isRoute(a.After) && hostOf(a.Before) == hostOf(a.After)
}

// replaced returns the addresses that are only before or only after. One of each is a change.
func replaced(component v1alpha1.ComponentName, before, after []string) []Address {
	isIn := func(list []string) func(string) bool {
		return func(address string) bool { return slices.Contains(list, address) }
	}
	lost, found := slices.DeleteFunc(slices.Clone(before), isIn(after)), slices.DeleteFunc(slices.Clone(after), isIn(before))
	var out []Address
	for i := range max(len(lost), len(found)) {
		address := Address{Component: component, Action: Changed}
		if i < len(lost) {
			address.Before = lost[i]
		} else {
			address.Action = Created
		}
		if i < len(found) {
			address.After = found[i]
		} else {
			address.Action = Deleted
		}
		if address.After != anyNodePort || address.Action == Created {
			out = append(out, address)
		}
	}
	return out
}

func isLoadBalancer(service child) bool {
	return ptr.Deref(serviceOf(service).Type, "") == corev1.ServiceTypeLoadBalancer
}

// serviceOf returns the spec of a Service, empty if it has none.
func serviceOf(c child) applycorev1.ServiceSpecApplyConfiguration {
	config, ok := c.config.(*applycorev1.ServiceApplyConfiguration)
	if !ok {
		return applycorev1.ServiceSpecApplyConfiguration{}
	}
	return ptr.Deref(config.Spec, applycorev1.ServiceSpecApplyConfiguration{})
}

// clusterAddresses returns the addresses of a Service within the cluster.
func clusterAddresses(c child) []string {
	ports := serviceOf(c).Ports
	out := make([]string, 0, len(ports))
	for _, port := range ports {
		out = append(out, fmt.Sprintf("http://%s:%d", c.name, ptr.Deref(port.Port, 0)))
	}
	return out
}

// nodePorts returns the ports of a Service on nodes. Those of load balancers count only if the user sets them.
func nodePorts(c child) []string {
	var out []string
	service := serviceOf(c)
	for i := range service.Ports {
		port := ptr.Deref(service.Ports[i].NodePort, 0)
		switch kind := ptr.Deref(service.Type, ""); {
		case port > 0 && kind != corev1.ServiceTypeClusterIP:
			out = append(out, fmt.Sprintf("node port %d", port))
		case i == 0 && kind == corev1.ServiceTypeNodePort:
			out = append(out, anyNodePort)
		}
	}
	return out
}

// loadBalancers returns the ports of a Service on a load balancer.
func loadBalancers(c child) []string {
	service := serviceOf(c)
	if !isLoadBalancer(c) {
		return nil
	}
	of := ""
	if class := ptr.Deref(service.LoadBalancerClass, ""); class != "" {
		of = " of class " + class
	}
	var out []string
	for _, port := range service.Ports {
		out = append(out, fmt.Sprintf("LoadBalancer%s port %d", of, ptr.Deref(port.Port, 0)))
	}
	return out
}

// ingressURLs returns the URLs of an Ingress.
func ingressURLs(c child) []string {
	config, ok := c.config.(*applynetworkingv1.IngressApplyConfiguration)
	if !ok || config.Spec == nil {
		return nil
	}
	var out []string
	for _, rule := range config.Spec.Rules {
		host, scheme := ptr.Deref(rule.Host, ""), "http"
		for _, tls := range config.Spec.TLS {
			if len(tls.Hosts) == 0 || slices.ContainsFunc(tls.Hosts, func(pattern string) bool { return covers(pattern, host) }) {
				scheme = "https"
			}
		}
		out = append(out, scheme+"://"+host)
	}
	return out
}

// covers reports whether a host of a certificate, which may begin with "*.", is that of the URL.
func covers(pattern, host string) bool {
	_, below, found := strings.Cut(host, ".")
	return pattern == host || found && pattern == "*."+below
}

// routeHosts returns the hosts of a route at each of its Gateways.
func routeHosts(c child) []string {
	config, ok := c.config.(*applygatewayv1.HTTPRouteApplyConfiguration)
	if !ok || config.Spec == nil {
		return nil
	}
	hosts := make([]string, 0, len(config.Spec.Hostnames))
	for _, host := range config.Spec.Hostnames {
		hosts = append(hosts, string(host))
	}
	if len(hosts) == 0 {
		hosts = []string{"all hosts"}
	}
	var out []string
	for _, parent := range config.Spec.ParentRefs {
		gateway := string(ptr.Deref(parent.Name, ""))
		if namespace := string(ptr.Deref(parent.Namespace, "")); namespace != "" {
			gateway = namespace + "/" + gateway
		}
		if section := string(ptr.Deref(parent.SectionName, "")); section != "" {
			gateway += " listener " + section
		}
		for _, host := range hosts {
			out = append(out, host+byGateway+string(ptr.Deref(parent.Kind, "Gateway"))+" "+gateway)
		}
	}
	return slices.Compact(out)
}
