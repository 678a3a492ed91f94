// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	certutil "k8s.io/client-go/util/cert"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestMain(m *testing.M) {
	if os.Getenv(noopVariable) != "" {
		serveNoop()
		return
	}
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// noopVariable makes the test binary serve a webhook that allows everything.
const noopVariable = "BENCH_NOOP"

// minRequests is how many requests each mode gets at least, for a p99 that is more than the slowest few.
const minRequests = 1000

// modeLabel is the label of a namespace that selects the webhooks of its objects.
const modeLabel = "bench-webhooks"

// BenchmarkDryRunCreate compares dry-run creates of the full sample without webhooks, with webhooks
// that allow everything (noop), and with ours. Both are processes of their own. The modes alternate, so
// that changes of the machine's speed affect all of them. The ratios are to noop.
//
// The API server keeps up to 25 connections to each webhook open and speaks HTTP/1.1 on them, because HTTP/2 would
// send all requests to one replica: a request costs no handshake, and a webhook gains nothing from HTTP/2.
//
// Source: k8s.io/apiserver, util/webhook/client.go (NextProtos); k8s.io/client-go, transport/cache.go (idleConnsPerHost).
func BenchmarkDryRunCreate(b *testing.B) {
	c := startCluster(b)
	scheme := runtime.NewScheme()
	require.NoError(b, clientgoscheme.AddToScheme(scheme))
	require.NoError(b, v1alpha1.AddToScheme(scheme))
	api, err := client.New(c.Config, client.Options{Scheme: scheme})
	require.NoError(b, err)
	ctx := b.Context()
	installNoop(b, api)

	modes := []string{"none", "noop", "ours"}
	for _, mode := range modes {
		require.NoError(b, api.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: "bench-" + mode, Labels: map[string]string{modeLabel: mode},
		}}))
	}
	sample := fixtures.Defaulted(fixtures.Sample(b, "full"))
	durations := map[string][]time.Duration{}
	send := func(mode string) time.Duration {
		d := sample.DeepCopy()
		d.Namespace = "bench-" + mode
		start := time.Now()
		require.NoError(b, api.Create(ctx, d, client.DryRunAll))
		return time.Since(start)
	}
	for range 50 { // warm up connections, caches and the compiled schema
		for _, mode := range modes {
			send(mode)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		for _, mode := range modes {
			durations[mode] = append(durations[mode], send(mode))
		}
	}
	b.StopTimer()
	for len(durations["ours"]) < minRequests {
		for _, mode := range modes {
			durations[mode] = append(durations[mode], send(mode))
		}
	}
	for _, mode := range modes {
		slices.Sort(durations[mode])
	}
	for _, mode := range modes {
		for name, share := range map[string]float64{"p50": 0.5, "p99": 0.99} {
			value := quantile(durations[mode], share)
			b.ReportMetric(float64(value.Microseconds()), mode+"-"+name+"-µs")
			b.ReportMetric(float64(value)/float64(quantile(durations["noop"], share)), mode+"-"+name+"-ratio")
		}
	}
}

// quantile returns the given quantile of sorted durations.
func quantile(sorted []time.Duration, share float64) time.Duration {
	return sorted[int(share*float64(len(sorted)-1))]
}

func startCluster(b *testing.B) *cluster.Cluster {
	b.Helper()
	manager := filepath.Join(b.TempDir(), "manager")
	build := exec.Command("go", "build", "-o", manager, "github.com/geeper-io/llm-operator/cmd/manager")
	out, err := build.CombinedOutput()
	require.NoError(b, err, string(out))
	c, err := cluster.Start(cluster.Options{Manager: manager})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, c.Stop()) })
	return c
}

// installNoop restricts our webhooks to the namespace of the mode "ours", and registers copies of them
// for the mode "noop" that allow everything.
func installNoop(b *testing.B, api client.Client) {
	b.Helper()
	noop := startNoop(b)
	var mutating admissionregistrationv1.MutatingWebhookConfigurationList
	require.NoError(b, api.List(b.Context(), &mutating))
	for _, ours := range mutating.Items {
		config := &admissionregistrationv1.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "noop"}}
		config.Webhooks = ours.DeepCopy().Webhooks
		for i := range ours.Webhooks {
			ours.Webhooks[i].NamespaceSelector = selector("ours")
			config.Webhooks[i].NamespaceSelector = selector("noop")
			config.Webhooks[i].ClientConfig = noop
		}
		require.NoError(b, api.Update(b.Context(), &ours))
		require.NoError(b, api.Create(b.Context(), config))
	}
	var validating admissionregistrationv1.ValidatingWebhookConfigurationList
	require.NoError(b, api.List(b.Context(), &validating))
	for _, ours := range validating.Items {
		config := &admissionregistrationv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "noop"}}
		config.Webhooks = ours.DeepCopy().Webhooks
		for i := range ours.Webhooks {
			ours.Webhooks[i].NamespaceSelector = selector("ours")
			config.Webhooks[i].NamespaceSelector = selector("noop")
			config.Webhooks[i].ClientConfig = noop
		}
		require.NoError(b, api.Update(b.Context(), &ours))
		require.NoError(b, api.Create(b.Context(), config))
	}
}

// startNoop starts a process that serves a webhook that allows everything until the benchmark ends.
func startNoop(b *testing.B) admissionregistrationv1.WebhookClientConfig {
	b.Helper()
	noop := exec.CommandContext(b.Context(), os.Args[0])
	noop.Env = append(os.Environ(), noopVariable+"=1")
	noop.Stderr = os.Stderr
	out, err := noop.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, noop.Start())
	b.Cleanup(func() { _ = noop.Wait() }) // killed with the context
	var config admissionregistrationv1.WebhookClientConfig
	require.NoError(b, json.NewDecoder(out).Decode(&config))
	return config
}

// serveNoop serves a webhook that allows everything, and prints how to reach it.
func serveNoop() {
	cert, key, err := certutil.GenerateSelfSignedCertKey("localhost", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	must(err)
	pair, err := tls.X509KeyPair(cert, key)
	must(err)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(admissionregistrationv1.WebhookClientConfig{
		URL: new(fmt.Sprintf("https://%s/", listener.Addr())), CABundle: cert,
	}))
	log.SetLogger(logr.Discard())
	allow := &admission.Webhook{Handler: admission.HandlerFunc(func(context.Context, admission.Request) admission.Response {
		return admission.Allowed("")
	})}
	server := &http.Server{Handler: allow, ReadHeaderTimeout: time.Minute}
	must(server.Serve(listener))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func selector(mode string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{modeLabel: mode}}
}
