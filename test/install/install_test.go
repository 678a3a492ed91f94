package install

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// As config/default installs it, with cert-manager.
func TestDefault(t *testing.T) {
	i := install(t, "llm-operator-", kustomize(t, "default"))
	i.useIt(t)
	i.checkMetrics(t)
	i.checkRights(t)

	s := i.startStream(t)
	for range 2 {
		before := i.served(t)
		i.renew(t)
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			for number, serial := range i.served(t) {
				assert.NotEqual(c, before[number], serial)
			}
		}, patience, tick)
	}
	i.restartOneByOne(t)
	sent, refused := s.end()
	assert.Empty(t, refused)
	t.Logf("two rotations and a restart of each replica: %d requests, %d refused, the slowest took %s", sent, len(refused), s.slowest)
}

// As config/selfsigned installs it, without cert-manager.
func TestSelfSigned(t *testing.T) {
	i := install(t, "llm-operator-", kustomize(t, "selfsigned"))
	i.useIt(t)
	i.checkMetrics(t)
	i.checkRights(t)

	s := i.startStream(t)
	for range 2 {
		before := i.served(t)
		// The manager renews what is no certificate of its authority.
		i.ok(t, "", "patch", "secret", i.prefix+"webhook-server-cert", "-n", systemNamespace, "--type=merge", "-p", `{"data":{"tls.crt":""}}`)
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			for number, serial := range i.served(t) {
				assert.NotEqual(c, before[number], serial)
			}
		}, patience, tick)
	}
	i.restartOneByOne(t)
	sent, refused := s.end()
	assert.Empty(t, refused)
	t.Logf("two rotations and a restart of each replica: %d requests, %d refused, the slowest took %s", sent, len(refused), s.slowest)
}

// As config/namespaced installs it: other namespaces are none of its business.
func TestNamespaced(t *testing.T) {
	manifests := kustomize(t, "namespaced")
	i := install(t, "llm-operator-", "apiVersion: v1\nkind: Namespace\nmetadata: {name: models}\n---\n"+manifests)
	i.ok(t, object("mine"), "apply", "-n", "models", "-f", "-")
	i.ok(t, "", "wait", "-n", "models", "--for=condition=Ready", "ollamadeployment/mine", "--timeout="+patience.String())
	i.ok(t, object("other"), "apply", "-f", "-")
	assert.Empty(t, i.ok(t, "", "get", "deployments", "-o", "name"))
	assert.Empty(t, i.forbidden(t))
}

// As the chart installs it, under another name, without cert-manager.
func TestChart(t *testing.T) {
	manifests := "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + systemNamespace + ", labels: {pod-security.kubernetes.io/enforce: restricted}}\n---\n" +
		chart(t, "llm", "--set=certificates.source=selfMade")
	i := install(t, "llm-", manifests)
	i.useIt(t)
	i.checkMetrics(t)
	s := i.startStream(t)
	i.restartOneByOne(t)
	sent, refused := s.end()
	assert.Empty(t, refused)
	t.Logf("a restart of each replica: %d requests, %d refused, the slowest took %s", sent, len(refused), s.slowest)
}

// useIt has the samples become ready, and a bad object refused.
func (i *installation) useIt(t *testing.T) {
	t.Helper()
	i.ok(t, "", "create", "namespace", "ai-models")
	for _, name := range fixtures.Samples() {
		i.ok(t, "", "apply", "-f", fixtures.SamplePath(name))
	}
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployments", "--all", "-A", "--timeout="+patience.String())
	older := strings.Replace(object("older"), "kind: OllamaDeployment", "kind: Deployment", 1)
	for _, model := range []string{"llama2:7b", "llama2:13b"} {
		i.ok(t, strings.Replace(older, "llama2:7b", model, 1), "apply", "-f", "-")
		i.ok(t, "", "wait", "--for=condition=Ready", "deployment.llm.geeper.io/older", "--timeout="+patience.String())
	}
	r := i.run(t, strings.Replace(object("bad"), "llama2:7b", "llama2", 1), "apply", "-f", "-")
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, `did you mean "llama2:latest"?`)
	assert.NotEmpty(t, i.ok(t, "", "get", "deployment/"+i.prefix+"controller-manager", "-n", systemNamespace, "-o", "name"), "the name in the reference")
}

// checkMetrics reads the metrics through their Service, with the authority of the
// Secret that the ServiceMonitor names: only who may is let in.
func (i *installation) checkMetrics(t *testing.T) {
	t.Helper()
	secret, service := &corev1.Secret{}, &corev1.Service{}
	require.NoError(t, i.client.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: i.prefix + "webhook-server-cert"}, secret))
	require.NoError(t, i.client.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: i.prefix + "metrics-service"}, service))
	authority := x509.NewCertPool()
	require.True(t, authority.AppendCertsFromPEM(secret.Data["ca.crt"]))
	reader := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: authority, ServerName: service.Name + "." + systemNamespace + ".svc", MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, service.Spec.ClusterIP+":8443")
		},
	}}
	i.ok(t, "", "create", "serviceaccount", "prometheus")
	i.ok(t, "", "create", "serviceaccount", "nobody")
	i.ok(t, "", "create", "clusterrolebinding", "prometheus", "--clusterrole="+i.prefix+"metrics-reader", "--serviceaccount=default:prometheus")
	read := func(account string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://metrics/metrics", nil)
		require.NoError(t, err)
		switch account {
		case "":
		case "junk":
			request.Header.Set("Authorization", "Bearer junk")
		default:
			request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(i.ok(t, "", "create", "token", account)))
		}
		response, err := reader.Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(text)
	}
	for account, want := range map[string]int{"": http.StatusUnauthorized, "junk": http.StatusUnauthorized, "nobody": http.StatusForbidden, "prometheus": http.StatusOK} {
		code, _ := read(account)
		assert.Equal(t, want, code, account)
	}
	// What the alerts look at is there, in one replica or the other.
	for _, name := range ruleMetric.FindAllString(kustomize(t, "prometheus"), -1) {
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			_, text := read("prometheus")
			assert.Contains(c, text, "\n"+name+"{")
		}, patience, tick)
	}
}

// ruleMetric is the name of a metric of our own in an alert's expression.
var ruleMetric = regexp.MustCompile(`controller_runtime_\w+`)

// renew asks cert-manager for a new certificate, as "cmctl renew" does.
func (i *installation) renew(t *testing.T) {
	t.Helper()
	i.ok(t, "", "patch", "certificate", i.prefix+"serving-cert", "-n", systemNamespace, "--subresource=status", "--type=merge", "-p",
		`{"status":{"conditions":[{"type":"Issuing","status":"True","reason":"ManuallyTriggered","message":"renewed","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`)
}

// served are the serial numbers of the certificates that the replicas serve now.
func (i *installation) served(t *testing.T) []string {
	t.Helper()
	serials := make([]string, 0, len(i.nodes))
	for _, n := range i.nodes {
		conn, err := tls.Dial("tcp", n.webhook, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the certificate is what is looked at
		require.NoError(t, err)
		certificate := conn.ConnectionState().PeerCertificates[0]
		require.NoError(t, conn.Close())
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
		serials = append(serials, string(text))
	}
	return serials
}

// restartOneByOne stops and starts each replica, as a rollout does. One of them is
// the leader: the other takes over.
func (i *installation) restartOneByOne(t *testing.T) {
	t.Helper()
	for _, n := range i.nodes {
		n.stop(t)
		require.NoError(t, n.start())
		require.EventuallyWithT(t, func(c *assert.CollectT) { assert.True(c, n.ready.Load()) }, patience, tick)
	}
	i.ok(t, object("after"), "apply", "-f", "-")
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/after", "--timeout="+patience.String())
}
