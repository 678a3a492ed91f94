package main

import (
	"context"
	"crypto/tls"
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
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// The label of a namespace chooses which webhooks its objects pass.
const hooksLabel = "bench-webhooks"

// BenchmarkDryRunCreate sends dry-run creates of the full example through the API
// server without webhooks, with a pair that allows everything, and with ours, in
// turn, so that the machine's moods meet all three alike.
func BenchmarkDryRunCreate(b *testing.B) {
	c := startCluster(b)
	scheme := runtime.NewScheme()
	require.NoError(b, clientgoscheme.AddToScheme(scheme))
	require.NoError(b, v1alpha1.AddToScheme(scheme))
	api, err := client.New(c.Config, client.Options{Scheme: scheme})
	require.NoError(b, err)
	ctx := b.Context()
	installNoop(ctx, b, api)

	modes := []string{"none", "noop", "ours"}
	for _, mode := range modes {
		require.NoError(b, api.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: "bench-" + mode, Labels: map[string]string{hooksLabel: mode},
		}}))
	}
	sample := fixtures.Defaulted(fixtures.Sample(b, "full"))
	took := map[string][]time.Duration{}
	send := func(mode string) time.Duration {
		d := sample.DeepCopy()
		d.Namespace = "bench-" + mode
		start := time.Now()
		require.NoError(b, api.Create(ctx, d, client.DryRunAll))
		return time.Since(start)
	}
	for range 50 { // connections, caches and the compiled schema warm up
		for _, mode := range modes {
			send(mode)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		for _, mode := range modes {
			took[mode] = append(took[mode], send(mode))
		}
	}
	for _, mode := range modes {
		slices.Sort(took[mode])
		for name, share := range map[string]float64{"p50": 0.5, "p99": 0.99} {
			value := quantile(took[mode], share)
			b.ReportMetric(float64(value.Microseconds()), mode+"-"+name+"-µs")
			b.ReportMetric(float64(value)/float64(quantile(took["none"], share)), mode+"-"+name+"-ratio")
		}
	}
}

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

// installNoop limits our webhooks to their namespace and registers a pair of the
// same kind, and over the same TLS, that allows everything in another.
func installNoop(ctx context.Context, b *testing.B, api client.Client) {
	b.Helper()
	cert, key, err := certutil.GenerateSelfSignedCertKey("localhost", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	require.NoError(b, err)
	pair, err := tls.X509KeyPair(cert, key)
	require.NoError(b, err)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	require.NoError(b, err)
	allow := &admission.Webhook{Handler: admission.HandlerFunc(func(context.Context, admission.Request) admission.Response {
		return admission.Allowed("")
	})}
	server := &http.Server{Handler: allow, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // it ends with the benchmark
	b.Cleanup(func() { require.NoError(b, server.Close()) })
	target := admissionregistrationv1.WebhookClientConfig{URL: new(fmt.Sprintf("https://%s/", listener.Addr())), CABundle: cert}

	var mutating admissionregistrationv1.MutatingWebhookConfigurationList
	require.NoError(b, api.List(ctx, &mutating))
	for i := range mutating.Items {
		ours := &mutating.Items[i]
		noop := &admissionregistrationv1.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "noop"}}
		noop.Webhooks = ours.DeepCopy().Webhooks
		for j := range ours.Webhooks {
			ours.Webhooks[j].NamespaceSelector = selector("ours")
			noop.Webhooks[j].NamespaceSelector = selector("noop")
			noop.Webhooks[j].ClientConfig = target
		}
		require.NoError(b, api.Update(ctx, ours))
		require.NoError(b, api.Create(ctx, noop))
	}
	var validating admissionregistrationv1.ValidatingWebhookConfigurationList
	require.NoError(b, api.List(ctx, &validating))
	for i := range validating.Items {
		ours := &validating.Items[i]
		noop := &admissionregistrationv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "noop"}}
		noop.Webhooks = ours.DeepCopy().Webhooks
		for j := range ours.Webhooks {
			ours.Webhooks[j].NamespaceSelector = selector("ours")
			noop.Webhooks[j].NamespaceSelector = selector("noop")
			noop.Webhooks[j].ClientConfig = target
		}
		require.NoError(b, api.Update(ctx, ours))
		require.NoError(b, api.Create(ctx, noop))
	}
}

func selector(mode string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{hooksLabel: mode}}
}
