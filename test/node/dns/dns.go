// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package dns answers for the addresses of Services, as a cluster's DNS does, and for given hosts.
package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Domain is the domain of the cluster.
const Domain = "cluster.local"

// A Server answers for A records. Of all other types and names it says that they do not exist.
type Server struct {
	// Hosts are addresses by name.
	Hosts map[string]string
	// Services finds the addresses of Services.
	Services kubernetes.Interface
}

// timeout is the timeout for finding a Service.
const timeout = 2 * time.Second

// ListenAndServe answers on an address until the process ends.
func (s *Server) ListenAndServe(address string) error {
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	return dns.ActivateAndServe(nil, conn, dns.HandlerFunc(s.answer))
}

func (s *Server) answer(w dns.ResponseWriter, request *dns.Msg) {
	response := new(dns.Msg)
	response.SetReply(request)
	response.Authoritative = true
	if len(request.Question) == 1 {
		s.fill(response, request.Question[0])
	}
	_ = w.WriteMsg(response) // the client asks again
}

// fill adds the answer to a question, or says that there is none.
func (s *Server) fill(response *dns.Msg, question dns.Question) {
	addresses, err := s.lookup(strings.ToLower(strings.TrimSuffix(question.Name, ".")))
	switch {
	case errors.Is(err, errNotFound):
		response.Rcode = dns.RcodeNameError
	case err != nil:
		response.Rcode = dns.RcodeServerFailure
	case question.Qtype == dns.TypeA:
		for _, address := range addresses {
			response.Answer = append(response.Answer, &dns.A{
				Hdr: dns.RR_Header{Name: question.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1},
				A:   net.ParseIP(address),
			})
		}
	}
}

var errNotFound = errors.New("no such name")

// lookup returns the addresses of a name, which may be none.
func (s *Server) lookup(name string) ([]string, error) {
	if address, ok := s.Hosts[name]; ok {
		return []string{address}, nil
	}
	service, namespace, ok := serviceOf(name)
	if !ok {
		return nil, errNotFound
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	found, err := s.Services.CoreV1().Services(namespace).Get(ctx, service, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(found.Spec.ClusterIPs), func(address string) bool {
		return net.ParseIP(address) == nil // "None"
	}), nil
}

// serviceOf returns the Service that a name is of: SERVICE.NAMESPACE.svc.cluster.local.
func serviceOf(name string) (service, namespace string, ok bool) {
	prefix, ok := strings.CutSuffix(name, ".svc."+Domain)
	if !ok {
		return "", "", false
	}
	service, namespace, ok = strings.Cut(prefix, ".")
	return service, namespace, ok && service != "" && namespace != "" && !strings.Contains(namespace, ".")
}
