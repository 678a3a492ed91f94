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

// playProxy listens on the addresses of the Services that the manifests declare, and
// passes connections on to the pods that are ready, as kube-proxy does. A connection
// that is made stays when its pod is no longer ready.
func (i *installation) playProxy(t *testing.T) {
	t.Helper()
	services := &corev1.ServiceList{}
	require.NoError(t, i.client.List(t.Context(), services, client.InNamespace(systemNamespace)))
	require.NotEmpty(t, services.Items)
	for _, service := range services.Items {
		for _, port := range service.Spec.Ports {
			address := net.JoinHostPort(service.Spec.ClusterIP, fmt.Sprint(port.Port))
			listener, err := net.Listen("tcp", address)
			if err != nil {
				t.Skipf("cannot listen as the Service does, which needs the right to low ports: %v", err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			go i.accept(listener, port.TargetPort.StrVal)
		}
	}
}

func (i *installation) accept(listener net.Listener, port string) {
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

// endpoint is the named port of one of the pods that are ready; of any if none is.
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
	n := ready[rand.IntN(len(ready))] //nolint:gosec // any will do
	if port == "metrics" {
		return n.metrics
	}
	return n.webhook
}
