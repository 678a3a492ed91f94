// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	certutil "k8s.io/client-go/util/cert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	registry "github.com/geeper-io/llm-operator/test/node/models"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// serveRegistry serves a registry of its own in the network of the node until the test ends, with TLS if it
// gets a certificate. It returns its host and port.
func serveRegistry(t *testing.T, certificate *tls.Certificate) (models *registry.Registry, host string) {
	t.Helper()
	listener, err := net.Listen("tcp", sandbox.NodeAddress+":0")
	require.NoError(t, err)
	models, host = registry.NewRegistry(), listener.Addr().String()
	models.BlobURL = "http://" + host
	if certificate != nil {
		models.BlobURL = "https://" + host
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12})
	}
	server := &http.Server{Handler: models, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until it is closed
	t.Cleanup(func() { _ = server.Close() })
	return models, host
}

// While the default registry is away, its models come from a mirror, which has no TLS here, and nothing is left
// of the mirror's names. A change of the source replaces no pod.
func TestMirror(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	mirror, host := serveRegistry(t, nil)
	for _, model := range []string{"mirrored:1b", "me/mirrored:2b"} {
		require.NoError(t, shared.Models.Add(model, 1_000_000))
		shared.Models.SetMode(model, registry.Away)
		require.NoError(t, mirror.Add(model, 1_000_000))
	}
	source := func(more string) string { return "    source: {mirror: \"" + host + "\"" + more + "}\n" }
	s.apply(t, object("m", `mirrored:1b", "me/mirrored:2b`, source("")))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, s.modelStatus(c, "m", "mirrored:1b").Message, "server gave HTTP response to HTTPS client")
	}, patience, tick)
	pod := s.pod(t, "ollama")

	s.apply(t, object("m", `mirrored:1b", "me/mirrored:2b`, source(`, insecureRegistries: ["`+host+`"]`)))
	s.ready(t, "m")
	tags := s.url(t, "m-ollama", "11434", "/api/tags")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.ElementsMatch(c, []string{"mirrored:1b", "me/mirrored:2b"}, models(c, tags))
	}, patience, tick)
	assert.Equal(t, pod.UID, s.pod(t, "ollama").UID)
	assert.Equal(t, 1, mirror.Downloads("mirrored:1b"))
	assert.NotNil(t, s.modelStatus(t, "m", "mirrored:1b").LastPulled)

	s.apply(t, object("m", "mirrored:1b", source(`, insecureRegistries: ["`+host+`"]`)))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, []string{"mirrored:1b"}, models(c, tags), "what was removed from the list")
	}, patience, tick)
}

// A registry whose certificate only the user's authority has signed is trusted by all pods once the object
// names it, beside the registries that the image trusts.
func TestTrust(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	certificate, key, err := certutil.GenerateSelfSignedCertKey(sandbox.NodeAddress, []net.IP{net.ParseIP(sandbox.NodeAddress)}, nil)
	require.NoError(t, err)
	pair, err := tls.X509KeyPair(certificate, key)
	require.NoError(t, err)
	own, host := serveRegistry(t, &pair)
	require.NoError(t, own.Add("own:1b", 1_000_000))
	require.NoError(t, shared.Models.Add("public:1b", 1_000_000))
	name := v1alpha1.OllamaModel(host + "/library/own:1b")
	manifest := object("trusting", string(name)+`", "public:1b`, "  openwebui: {enabled: true}\n  tabby: {enabled: true, modelName: \"public:1b\"}\n")
	s.apply(t, manifest)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, s.modelStatus(c, "trusting", name).Message, "x509: certificate signed by unknown authority")
	}, patience, tick)

	s.apply(t, manifest+"  trust: {configMapRef: {name: authorities}}\n")
	s.eventually(t, "trusting", v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonTrustNotUsable)
	require.NoError(t, s.client.Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "authorities"},
		Data:       map[string]string{"ca.crt": string(certificate)},
	}))
	s.ready(t, "trusting")
	assert.ElementsMatch(t, []string{string(name), "public:1b"}, models(t, s.url(t, "trusting-ollama", "11434", "/api/tags")))
	for _, component := range []string{"ollama", "openwebui", "tabby"} {
		bundle := s.inPod(t, component, "cat", v1alpha1.TrustPath+"/bundle.crt")
		assert.Contains(t, bundle, strings.TrimSpace(string(certificate)), component)
	}
}
