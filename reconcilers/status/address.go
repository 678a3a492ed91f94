// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/ptr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An Entrance holds what leads to a component from outside the cluster. The zero value means that nothing does.
type Entrance struct {
	// NoIngress reports that the operator's flags do not allow the ingress of the spec.
	NoIngress bool
	// Route is the component's HTTPRoute, nil if there is none.
	Route *gatewayv1.HTTPRoute
	// Gateway is the one that AcceptedGateway returns, nil if it is not known.
	Gateway *gatewayv1.Gateway
	// GatewayUnread reports that the Gateway could not be read this time. The address stays as it was.
	GatewayUnread bool
	// Service is the component's Service of the type LoadBalancer, nil if there is none.
	Service *corev1.Service
}

// urlOf returns the URL of a component: that of its ingress, or else of its route, or else of its load
// balancer; "" if it has none.
func urlOf(d *v1alpha1.OllamaDeployment, c v1alpha1.Component, e Entrance) string {
	if url := e.IngressURL(c); url != "" {
		return url
	}
	if e.GatewayUnread {
		if was := d.Status.Component(c.Name); was != nil {
			return was.URL
		}
		return ""
	}
	if url := routeURL(d, c, e); url != "" {
		return url
	}
	return loadBalancerURL(c, e.Service)
}

// IngressURL returns the URL of the component's ingress, "" if it has none that is allowed, or one for all names
// of a domain.
func (e Entrance) IngressURL(c v1alpha1.Component) string {
	ingress := c.Ingress()
	if e.NoIngress || !ingress.IsEnabled() || !isName(ingress.Host) {
		return ""
	}
	if ingress.TLS == nil {
		return address("http", ingress.Host, 0)
	}
	hosts := ingress.TLS.Hosts
	secure := len(hosts) == 0 // the certificate is that of the controller
	for _, host := range hosts {
		secure = secure || host == ingress.Host || isBelow(ingress.Host, host, 1)
	}
	if secure {
		return address("https", ingress.Host, 0)
	}
	return address("http", ingress.Host, 0)
}

// routeURL returns the URL by which the Gateway has the route, "" if it is not known.
func routeURL(d *v1alpha1.OllamaDeployment, c v1alpha1.Component, e Entrance) string {
	parent := AcceptedGateway(d, c, e.Route)
	if parent == nil || e.Gateway == nil {
		return ""
	}
	// A listener with a certificate is preferred: others often redirect to it.
	for _, scheme := range []string{"https", "http"} {
		for i := range e.Gateway.Spec.Listeners {
			listener := &e.Gateway.Spec.Listeners[i]
			if schemeOf(listener) != scheme || !isReferredTo(listener, parent) || !mayAllow(listener, e.Gateway, d.Namespace) {
				continue
			}
			if host := routeHost(c.Route().Hostnames, listener, e.Gateway); host != "" {
				return address(scheme, host, listener.Port)
			}
		}
	}
	return ""
}

// schemeOf returns the scheme of a listener's URLs, "" if it is not one for HTTP.
func schemeOf(listener *gatewayv1.Listener) string {
	switch listener.Protocol {
	case gatewayv1.HTTPSProtocolType:
		return "https"
	case gatewayv1.HTTPProtocolType:
		return "http"
	default:
		return ""
	}
}

// isReferredTo reports whether the reference to a Gateway includes the listener.
func isReferredTo(listener *gatewayv1.Listener, parent *v1alpha1.RouteParent) bool {
	return (parent.SectionName == nil || *parent.SectionName == string(listener.Name)) &&
		(parent.Port == nil || *parent.Port == listener.Port)
}

// mayAllow reports whether the listener allows routes for HTTP of the namespace, as far as the Gateway alone
// says: labels of the namespace are not known.
//
// Source: gateway-api v1.6, apis/v1/gateway_types.go (AllowedRoutes).
func mayAllow(listener *gatewayv1.Listener, gateway *gatewayv1.Gateway, namespace string) bool {
	allowed := ptr.Deref(listener.AllowedRoutes, gatewayv1.AllowedRoutes{})
	isRoute := func(kind gatewayv1.RouteGroupKind) bool { return kind.Kind == "HTTPRoute" }
	if len(allowed.Kinds) > 0 && !slices.ContainsFunc(allowed.Kinds, isRoute) {
		return false
	}
	from := gatewayv1.NamespacesFromSame
	if allowed.Namespaces != nil {
		from = ptr.Deref(allowed.Namespaces.From, from)
	}
	switch from {
	case gatewayv1.NamespacesFromSame:
		return gateway.Namespace == namespace
	case gatewayv1.NamespacesFromNone:
		return false
	default:
		return true
	}
}

// routeHost returns the host of a route with the hostnames on a listener: the first hostname that is not a
// wildcard, or else the listener's, or else an address of the Gateway if both serve any host; "" if none is known.
//
// Source: gateway-api v1.6, apis/v1/httproute_types.go (HTTPRouteSpec.Hostnames).
func routeHost(hostnames []string, listener *gatewayv1.Listener, gateway *gatewayv1.Gateway) string {
	own := string(ptr.Deref(listener.Hostname, ""))
	for _, host := range hostnames {
		if isName(host) && (own == "" || own == host || isBelow(host, own, 0)) {
			return host
		}
	}
	if isName(own) {
		for _, host := range hostnames {
			if isBelow(own, host, 0) {
				return own
			}
		}
	}
	switch {
	case len(hostnames) > 0:
		return ""
	case own != "":
		return nameOrNone(own)
	case len(gateway.Status.Addresses) > 0:
		return nameOrNone(gateway.Status.Addresses[0].Value)
	default:
		return ""
	}
}

// loadBalancerURL returns the URL of the component's load balancer, "" if it has none yet.
func loadBalancerURL(c v1alpha1.Component, service *corev1.Service) string {
	if spec := c.Service(); service == nil || spec == nil || ptr.Deref(spec.Type, "") != corev1.ServiceTypeLoadBalancer {
		return ""
	}
	for _, balancer := range service.Status.LoadBalancer.Ingress {
		for _, host := range []string{balancer.Hostname, balancer.IP} {
			if host := nameOrNone(host); host != "" {
				return address("http", host, ptr.Deref(c.Service().Port, 0))
			}
		}
	}
	return ""
}

// isName reports whether the host is a DNS name without a wildcard.
func isName(host string) bool { return len(validation.IsDNS1123Subdomain(host)) == 0 }

// nameOrNone returns the host if it is a DNS name or an IP address: it is what others write into their status.
func nameOrNone(host string) string {
	if _, err := netip.ParseAddr(host); err == nil || isName(host) {
		return host
	}
	return ""
}

// isBelow reports whether the wildcard covers the host, with at most so many labels instead of the wildcard,
// where 0 means any number.
func isBelow(host, wildcard string, labels int) bool {
	parent, found := strings.CutPrefix(wildcard, "*")
	first, below := strings.CutSuffix(host, parent)
	return found && below && first != "" && (labels == 0 || strings.Count(first, ".") < labels)
}

// address returns a URL of the host, with the port unless it is the scheme's default, or 0.
func address(scheme, host string, port int32) string {
	if port != 0 && port != map[string]int32{"http": 80, "https": 443}[scheme] {
		return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return scheme + "://" + host
}
