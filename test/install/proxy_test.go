// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// startProxy simulates kube-proxy: it listens on the addresses of the operator's Services and forwards
// connections to ready pods. Established connections stay open when their pod becomes unready.
func (i *installation) startProxy(t *testing.T) {
	t.Helper()
	services := &corev1.ServiceList{}
	require.NoError(t, i.client.List(t.Context(), services, client.InNamespace(systemNamespace)))
	require.NotEmpty(t, services.Items)
	for _, service := range services.Items {
		for _, port := range service.Spec.Ports {
			address := net.JoinHostPort(service.Spec.ClusterIP, fmt.Sprint(port.Port))
			listener, err := net.Listen("tcp", address)
			if err != nil {
				t.Skipf("cannot listen on the address of the Service, which requires permission for privileged ports: %v", err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			go i.forward(listener, port.TargetPort.StrVal)
		}
	}
}

// forward accepts connections and forwards each to the named port of a pod.
func (i *installation) forward(listener net.Listener, port string) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer from.Close()
			to, err := net.Dial("tcp", i.endpoint(port))
			if err != nil {
				return
			}
			defer to.Close()
			go func() {
				_, _ = io.Copy(to, from)
				_ = to.(*net.TCPConn).CloseWrite()
			}()
			_, _ = io.Copy(from, to)
		}()
	}
}

// endpoint returns the address of the named port of a random ready pod, or of any pod if none is
// ready.
func (i *installation) endpoint(port string) string {
	var ready []*node
	for _, n := range i.nodes {
		if n.ready.Load() {
			ready = append(ready, n)
		}
	}
	if len(ready) == 0 {
		ready = i.nodes
	}
	n := ready[rand.IntN(len(ready))] //nolint:gosec // not security-relevant
	if port == "metrics" {
		return n.metrics
	}
	return n.webhook
}
