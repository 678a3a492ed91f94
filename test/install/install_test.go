// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

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

// config/default, with cert-manager.
func TestDefault(t *testing.T) {
	i := install(t, "llm-operator-", kustomize(t, "default"))
	i.checkSamples(t)
	i.checkMetrics(t)
	i.checkPermissions(t)

	i.checkAvailability(t, func() {
		for range 2 {
			i.rotate(t, func() { i.renewCertificate(t) })
		}
		i.restartReplicas(t)
	})
}

// config/self-signed, without cert-manager.
func TestSelfSigned(t *testing.T) {
	i := install(t, "llm-operator-", kustomize(t, "self-signed"))
	i.checkSamples(t)
	i.checkMetrics(t)
	i.checkPermissions(t)

	i.checkAvailability(t, func() {
		for range 2 {
			i.rotate(t, func() {
				// The manager replaces an invalid certificate.
				i.ok(t, "", "patch", "secret", i.prefix+"webhook-server-cert", "-n", systemNamespace, "--type=merge", "-p", `{"data":{"tls.crt":""}}`)
			})
		}
		i.restartReplicas(t)
	})
}

// config/namespaced: objects in other namespaces are ignored.
func TestNamespaced(t *testing.T) {
	manifests := kustomize(t, "namespaced")
	i := install(t, "llm-operator-", "apiVersion: v1\nkind: Namespace\nmetadata: {name: models}\n---\n"+manifests)
	i.ok(t, object("mine"), "apply", "-n", "models", "-f", "-")
	i.ok(t, "", "wait", "-n", "models", "--for=condition=Ready", "ollamadeployment/mine", "--timeout="+patience.String())
	i.ok(t, object("other"), "apply", "-f", "-")
	assert.Empty(t, i.ok(t, "", "get", "deployments", "-o", "name"))
	assert.Empty(t, i.forbidden(t))
}

// The chart with another release name, without cert-manager.
func TestChart(t *testing.T) {
	manifests := "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + systemNamespace + ", labels: {pod-security.kubernetes.io/enforce: restricted}}\n---\n" +
		chart(t, "llm", "--set=certificates.source=selfSigned")
	i := install(t, "llm-", manifests)
	i.checkSamples(t)
	i.checkMetrics(t)
	i.checkAvailability(t, func() { i.restartReplicas(t) })
}

// checkAvailability asserts that no request fails while disrupt runs.
func (i *installation) checkAvailability(t *testing.T, disrupt func()) {
	t.Helper()
	s := i.startStream(t)
	disrupt()
	sent, failed := s.stop()
	assert.Empty(t, failed)
	t.Logf("%d requests, %d failed, the slowest took %s", sent, len(failed), s.slowest)
}

// rotate calls renew and waits until all replicas serve another certificate.
func (i *installation) rotate(t *testing.T, renew func()) {
	t.Helper()
	before := i.servedCertificates(t)
	renew()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		for number, certificate := range i.servedCertificates(t) {
			assert.NotEqual(c, before[number], certificate)
		}
	}, patience, tick)
}

// checkSamples asserts that the samples and an object of the deprecated kind become ready, and that an
// invalid object is rejected.
func (i *installation) checkSamples(t *testing.T) {
	t.Helper()
	i.ok(t, "", "create", "namespace", "ai-models")
	for _, name := range fixtures.Samples() {
		i.ok(t, "", "apply", "-f", fixtures.SamplePath(name))
	}
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployments", "--all", "-A", "--timeout="+patience.String())
	deprecated := strings.Replace(object("deprecated"), "kind: OllamaDeployment", "kind: Deployment", 1)
	for _, model := range []string{"llama2:7b", "llama2:13b"} {
		i.ok(t, strings.Replace(deprecated, "llama2:7b", model, 1), "apply", "-f", "-")
		i.ok(t, "", "wait", "--for=condition=Ready", "deployment.llm.geeper.io/deprecated", "--timeout="+patience.String())
	}
	r := i.run(t, strings.Replace(object("invalid"), "llama2:7b", "llama2", 1), "apply", "-f", "-")
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, `did you mean "llama2:latest"?`)
	assert.NotEmpty(t, i.ok(t, "", "get", "deployment/"+i.prefix+"controller-manager", "-n", systemNamespace, "-o", "name"), "the Deployment has another name than in the reference")
}

// checkMetrics asserts that the metrics endpoint serves authorized clients only, and has all metrics of
// the alerts.
func (i *installation) checkMetrics(t *testing.T) {
	t.Helper()
	i.ok(t, "", "create", "serviceaccount", "prometheus")
	i.ok(t, "", "create", "serviceaccount", "unauthorized")
	i.ok(t, "", "create", "clusterrolebinding", "prometheus", "--clusterrole="+i.prefix+"metrics-reader", "--serviceaccount=default:prometheus")
	token := func(account string) string { return strings.TrimSpace(i.ok(t, "", "create", "token", account)) }
	scraper := i.metricsClient(t)
	for name, tc := range map[string]struct {
		token string
		want  int
	}{
		"no token":           {want: http.StatusUnauthorized},
		"invalid token":      {token: "invalid", want: http.StatusUnauthorized},
		"unauthorized token": {token: token("unauthorized"), want: http.StatusForbidden},
		"authorized token":   {token: token("prometheus"), want: http.StatusOK},
	} {
		code, _ := scrape(t, scraper, tc.token)
		assert.Equal(t, tc.want, code, name)
	}
	prometheus := token("prometheus")
	for _, metric := range alertMetric.FindAllString(kustomize(t, "prometheus"), -1) {
		require.EventuallyWithT(t, func(c *assert.CollectT) { // only one of the replicas may have it
			_, text := scrape(t, scraper, prometheus)
			assert.Contains(c, text, "\n"+metric+"{")
		}, patience, tick)
	}
}

// metricsClient returns a client for the metrics Service that verifies its certificate with the CA in
// the Secret of the ServiceMonitor.
func (i *installation) metricsClient(t *testing.T) *http.Client {
	t.Helper()
	secret, service := &corev1.Secret{}, &corev1.Service{}
	require.NoError(t, i.client.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: i.prefix + "webhook-server-cert"}, secret))
	require.NoError(t, i.client.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: i.prefix + "metrics-service"}, service))
	ca := x509.NewCertPool()
	require.True(t, ca.AppendCertsFromPEM(secret.Data["ca.crt"]))
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: ca, ServerName: service.Name + "." + systemNamespace + ".svc", MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, service.Spec.ClusterIP+":8443")
		},
	}}
}

// scrape requests the metrics with a bearer token, if it is not empty, and returns status code and body.
func scrape(t *testing.T, c *http.Client, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://metrics/metrics", nil)
	require.NoError(t, err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

// alertMetric matches the names of the operator's metrics in the expressions of the alerts.
var alertMetric = regexp.MustCompile(`controller_runtime_\w+`)

// renewCertificate makes cert-manager renew the serving certificate, as "cmctl renew" does.
func (i *installation) renewCertificate(t *testing.T) {
	t.Helper()
	i.ok(t, "", "patch", "certificate", i.prefix+"serving-cert", "-n", systemNamespace, "--subresource=status", "--type=merge", "-p",
		`{"status":{"conditions":[{"type":"Issuing","status":"True","reason":"ManuallyTriggered","message":"renewed","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`)
}

// servedCertificates returns the certificates that the replicas serve, in PEM.
func (i *installation) servedCertificates(t *testing.T) []string {
	t.Helper()
	certificates := make([]string, 0, len(i.nodes))
	for _, n := range i.nodes {
		conn, err := tls.Dial("tcp", n.webhook, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // only reads the certificate
		require.NoError(t, err)
		certificate := conn.ConnectionState().PeerCertificates[0]
		require.NoError(t, conn.Close())
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
		certificates = append(certificates, string(text))
	}
	return certificates
}

// restartReplicas restarts the replicas one after the other, as a rollout does, which changes the
// leader.
func (i *installation) restartReplicas(t *testing.T) {
	t.Helper()
	for _, n := range i.nodes {
		n.stop(t)
		require.NoError(t, n.start())
		require.EventuallyWithT(t, func(c *assert.CollectT) { assert.True(c, n.ready.Load()) }, patience, tick)
	}
	i.ok(t, object("after"), "apply", "-f", "-")
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/after", "--timeout="+patience.String())
}
