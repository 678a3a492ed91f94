// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// Ports that Ollama connects to. Policies see the port of the pod behind a Service: the DNS servers of
// OpenShift listen on 5353.
//
// Source: openshift/cluster-dns-operator, assets/dns/daemonset.yaml.
const (
	dnsPort          = 53
	openShiftDNSPort = 5353
	httpPort         = 80
	httpsPort        = 443
)

// proxyPorts are the ports of proxies whose URLs have none.
//
// Source: golang/go, net/http/transport.go (portMap).
var proxyPorts = map[string]int32{"": httpPort, "http": httpPort, "https": httpsPort, "socks5": 1080, "socks5h": 1080}

// ollamaEgress returns the connections that Ollama may open: to DNS servers, to ports 80 and 443,
// because the blobs of models come over both from hosts that registries choose, to the ports of
// registries and proxies, and what the user allows.
func (p part) ollamaEgress() []*policyRule {
	dns := applynetworkingv1.NetworkPolicyEgressRule().WithPorts(
		portOf(corev1.ProtocolUDP, dnsPort), portOf(corev1.ProtocolTCP, dnsPort),
		portOf(corev1.ProtocolUDP, openShiftDNSPort), portOf(corev1.ProtocolTCP, openShiftDNSPort))
	pulls := applynetworkingv1.NetworkPolicyEgressRule()
	for _, port := range p.downloadPorts() {
		pulls.WithPorts(portOf(corev1.ProtocolTCP, port))
	}
	return append([]*policyRule{dns, pulls}, p.access.to...)
}

// downloadPorts returns the ports of everything that models are pulled from, in order.
func (p part) downloadPorts() []int32 {
	ports := []int32{httpPort, httpsPort}
	registries := p.d.Spec.Ollama.Source.Registries()
	for _, model := range p.d.Spec.Ollama.Models {
		host, _ := ollama.ModelName(registries.Download(model.Name()).From).Manifest()
		if _, port, found := strings.Cut(host, ":"); found {
			ports = append(ports, portNumber(port))
		}
	}
	for _, spelling := range proxySpellings {
		for _, variable := range p.EnvVars() {
			if slices.Contains(spelling.proxies, variable.Name) {
				ports = append(ports, proxyPort(variable.Value))
			}
		}
	}
	slices.Sort(ports)
	return slices.DeleteFunc(slices.Compact(ports), func(port int32) bool { return port == 0 })
}

// proxyPort returns the port of a proxy's URL, whose scheme may be missing; 0 if there is none.
//
// Source: golang.org/x/net/http/httpproxy (parseProxy).
func proxyPort(value string) int32 {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	proxy, err := url.Parse(value)
	switch {
	case err != nil || proxy.Hostname() == "":
		return 0
	case proxy.Port() != "":
		return portNumber(proxy.Port())
	default:
		return proxyPorts[strings.ToLower(proxy.Scheme)]
	}
}

// portNumber returns the port, 0 if it is none.
func portNumber(text string) int32 {
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int32(number)
}
