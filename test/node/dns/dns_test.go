// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package dns

import (
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func TestAnswers(t *testing.T) {
	service := func(name, address string) *corev1.Service {
		return &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "team"},
			Spec:       corev1.ServiceSpec{ClusterIP: address, ClusterIPs: []string{address}},
		}
	}
	server := &Server{
		Hosts:    map[string]string{"registry.test": "10.0.0.1"},
		Services: fake.NewClientset(service("llm", "10.96.0.9"), service("headless", corev1.ClusterIPNone)),
	}
	for name, tc := range map[string]struct {
		question string
		kind     uint16
		address  string
		code     int
	}{
		"a host":                         {question: "registry.test.", kind: dns.TypeA, address: "10.0.0.1"},
		"a host in capitals":             {question: "Registry.Test.", kind: dns.TypeA, address: "10.0.0.1"},
		"a host has no IPv6 address":     {question: "registry.test.", kind: dns.TypeAAAA},
		"a Service":                      {question: "llm.team.svc.cluster.local.", kind: dns.TypeA, address: "10.96.0.9"},
		"a headless Service":             {question: "headless.team.svc.cluster.local.", kind: dns.TypeA},
		"a Service that is not there":    {question: "gone.team.svc.cluster.local.", kind: dns.TypeA, code: dns.RcodeNameError},
		"a Service of another namespace": {question: "llm.other.svc.cluster.local.", kind: dns.TypeA, code: dns.RcodeNameError},
		"a name of a search path":        {question: "registry.test.team.svc.cluster.local.", kind: dns.TypeA, code: dns.RcodeNameError},
		"the domain":                     {question: "svc.cluster.local.", kind: dns.TypeA, code: dns.RcodeNameError},
		"any other name":                 {question: "example.com.", kind: dns.TypeA, code: dns.RcodeNameError},
	} {
		t.Run(name, func(t *testing.T) {
			response := new(dns.Msg)
			server.fill(response, dns.Question{Name: tc.question, Qtype: tc.kind, Qclass: dns.ClassINET})

			assert.Equal(t, tc.code, response.Rcode)
			var addresses []string
			for _, record := range response.Answer {
				if a, ok := record.(*dns.A); assert.True(t, ok) {
					addresses = append(addresses, a.A.String())
				}
			}
			if tc.address == "" {
				assert.Empty(t, addresses)
			} else {
				assert.Equal(t, []string{tc.address}, addresses)
			}
		})
	}
}
