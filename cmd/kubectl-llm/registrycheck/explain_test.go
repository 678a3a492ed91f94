// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/internal/ollama/registry"
)

// A failing transport has no answer but the error.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestExplain(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	status := func(code int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, code) })
	}
	text := func(body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }) // the test notices
	}
	plainHTTP := httptest.NewServer(text("{}"))
	withTLS := httptest.NewTLSServer(text("{}"))
	away := httptest.NewServer(text("{}"))
	away.Close()
	t.Cleanup(plainHTTP.Close)
	t.Cleanup(withTLS.Close)
	trusting := withTLS.Client()
	toOther := trusting.Transport.(*http.Transport).Clone()
	toOther.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, withTLS.Listener.Addr().String())
	}
	for name, tc := range map[string]struct {
		handler  http.Handler // of HOST, or else
		client   *http.Client
		host     string
		insecure bool
		want     string
	}{
		"unauthorized":      {handler: status(401), want: "HOST denies access to the model (401): it is private, or does not exist; Ollama has no passwords, so register the public key of its pods there"},
		"forbidden":         {handler: status(403), want: "HOST denies access to the model (403): it is private, or does not exist; Ollama has no passwords, so register the public key of its pods there"},
		"proxy credentials": {handler: status(407), want: "the proxy for HOST requires credentials (407); put them into the URL of the proxy in the environment"},
		"newer version":     {handler: status(412), want: "HOST has the model for newer versions of Ollama only (412)"},
		"too many requests": {handler: status(429), want: "HOST has got too many requests (429); try again later"},
		"broken":            {handler: status(500), want: "HOST answers with status 500 Internal Server Error"},
		"unknown status":    {handler: status(599), want: "HOST answers with status 599"},
		"bad request":       {handler: status(400), want: "HOST answers with status 400; if it has TLS, remove it from ollama.source.insecureRegistries"},
		"no manifest":       {handler: text("<html>" + secret), want: "HOST does not answer with the manifest of a model, so it is no registry of Ollama's models"},
		"too large":         {handler: text(strings.Repeat("x", 5<<20)), want: "HOST does not answer with the manifest of a model, so it is no registry of Ollama's models"},
		"broken off": {handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("{")) // the client notices
		}), want: "HOST broke off its answer"},
		"no HTTP": {handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if client, _, err := http.NewResponseController(w).Hijack(); assert.NoError(t, err) {
				_, _ = client.Write([]byte("SSH-2.0-" + secret + "\r\n"))
				_ = client.Close()
			}
		}), want: "HOST cannot be reached: net/http: HTTP/1.x transport connection broken: malformed HTTP response"},
		"redirect with a secret": {handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://["+secret)
			w.WriteHeader(http.StatusFound)
		}), want: "HOST cannot be reached: failed to parse Location header"},
		"redirect to a host that is away": {handler: http.RedirectHandler(away.URL, http.StatusFound), want: away.Listener.Addr().String() + " cannot be reached: connect: connection refused"},
		"no TLS":                          {host: plainHTTP.Listener.Addr().String(), want: "HOST has no TLS; list it in ollama.source.insecureRegistries"},
		"TLS":                             {host: withTLS.Listener.Addr().String(), insecure: true, want: "HOST answers with status 400; if it has TLS, remove it from ollama.source.insecureRegistries"},
		"unknown authority":               {host: withTLS.Listener.Addr().String(), want: "HOST has a certificate of an authority that is not trusted here; name a file with it in SSL_CERT_FILE"},
		"certificate of another host":     {host: "other.example.org", client: &http.Client{Transport: toOther}, want: "HOST has no valid certificate: x509: certificate is valid for example.com, *.example.com, not other.example.org"},
		"refused connection":              {host: away.Listener.Addr().String(), want: "HOST cannot be reached: connect: connection refused"},
		"unknown host": {
			host: "a.example.com", client: &http.Client{Transport: failing{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "a.example.com", Server: "10.0.0.1:53"}}}},
			want: "HOST cannot be reached: no such host",
		},
		"proxy that is away": {
			host: "a.example.com", client: &http.Client{Transport: failing{&net.OpError{Op: "proxyconnect", Err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}}}},
			want: "HOST cannot be reached: the proxy: no such host",
		},
		"slow": {host: "a.example.com", client: &http.Client{Transport: failing{context.DeadlineExceeded}}, want: "HOST did not answer within 15s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host, insecure := tc.host, tc.insecure
			if tc.handler != nil {
				server := httptest.NewServer(tc.handler)
				t.Cleanup(server.Close)
				host, insecure = server.Listener.Addr().String(), true
			}
			client := tc.client
			if client == nil {
				client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			}
			_, err := registry.Get(t.Context(), client, ollama.ModelName(host+"/user/model:tag"), insecure)
			require.Error(t, err)
			got := explain(host, insecure, err)
			assert.Equal(t, strings.ReplaceAll(tc.want, "HOST", host), got)
			assert.NotContains(t, got, secret)
		})
	}
}

// Redirects are followed, as Ollama does.
func TestRedirect(t *testing.T) {
	t.Parallel()
	registries := newDouble()
	to := httptest.NewServer(registries)
	t.Cleanup(to.Close)
	from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to.URL+r.URL.Path)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	t.Cleanup(from.Close)
	client, err := NewClient()
	require.NoError(t, err)
	got, err := registry.Get(t.Context(), client, ollama.ModelName(from.Listener.Addr().String()+"/library/small:latest"), true)
	require.NoError(t, err)
	assert.Equal(t, int64(small-2000), got.Weights)
}
