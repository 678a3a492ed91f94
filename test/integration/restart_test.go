// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// applyMany applies so many stacks.
func (k kubectl) applyMany(t *testing.T, n int) (names []string) {
	t.Helper()
	var all strings.Builder
	for i := range n {
		names = append(names, fmt.Sprintf("stack-%d", i))
		all.WriteString("---\n" + strings.ReplaceAll(stack, "name: stack", "name: "+names[i]))
	}
	k.apply(t, all.String())
	return names
}

// A manager that is killed in the middle leaves nothing that its successor does not
// finish. It runs alone, because the manager is that of all tests.
func TestManagerKilledInTheMiddle(t *testing.T) {
	k := newKubectl(t)
	names := k.applyMany(t, 10)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NotEmpty(c, k.ok(t, "", "get", "deployments", "-o", "name"))
	}, patience, tick)
	require.NoError(t, shared.KillManager())
	require.NoError(t, shared.StartManager())
	for _, name := range names {
		k.ready(t, name)
	}
	// Starting anew, it looks at all objects and writes nothing.
	writes := k.atRest(t)
	require.NoError(t, shared.StopManager())
	require.NoError(t, shared.StartManager())
	assert.Equal(t, writes, k.atRest(t))
}

// After the API server was away, the operator goes on: it sees what changed
// meanwhile and what changes then.
func TestAPIServerRestart(t *testing.T) {
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	require.NoError(t, shared.RestartAPIServer())
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, "", "delete", "service/stack-ollama", "--ignore-not-found")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Zero(c, k.run(t, "", "get", "service/stack-ollama").Code)
	}, patience, tick)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, strings.ReplaceAll(minimal, "NAME", "later"), "apply", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
	k.ready(t, "later")
	k.ready(t, "stack")
}

// Hiccups of the API server are tried again, and not reported as failures. Every
// write of the operator is answered with one or another the first time.
func TestHiccups(t *testing.T) {
	k := newKubectl(t)
	proxy := newTroublesomeProxy(t)
	through(t, proxy)
	k.apply(t, stack)
	k.ready(t, "stack")
	assert.Greater(t, proxy.troubled(), 10)
	events := k.ok(t, "", "events", "--for=ollamadeployment/stack")
	assert.NotContains(t, events, "Warning")
	k.condition(t, "stack", "Degraded", "False", "AsExpected", "")
}

// What somebody else makes between the operator's look and its first apply is not
// taken over, whatever it holds.
func TestMadeByAnotherMeanwhile(t *testing.T) {
	k := newKubectl(t)
	proxy := newTroublesomeProxy(t)
	proxy.before = func(r *http.Request) {
		for path, object := range map[string]string{
			"/configmaps/a-ollama":                `{apiVersion: v1, kind: ConfigMap, metadata: {name: a-ollama}, data: {theirs: kept}}`,
			"/persistentvolumeclaims/a-openwebui": `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a-openwebui}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
			"/services/a-tabby":                   `{apiVersion: v1, kind: Service, metadata: {name: a-tabby}, spec: {ports: [{port: 1}]}}`,
		} {
			if r.Method == http.MethodPatch && strings.HasSuffix(r.URL.Path, k.namespace+path) {
				k.run(t, object, "create", "-f", "-")
			}
		}
	}
	through(t, proxy)
	k.apply(t, storedStack)
	for _, child := range []string{`ConfigMap "a-ollama"`, `PersistentVolumeClaim "a-openwebui"`, `Service "a-tabby"`} {
		k.condition(t, "a", "Ready", "False", "NameConflict", child)
	}
	k.atRest(t)
	for _, child := range []string{"configmap/a-ollama", "persistentvolumeclaim/a-openwebui", "service/a-tabby"} {
		assert.Empty(t, k.get(t, child, ".metadata.labels"), child)
		assert.Empty(t, k.get(t, child, ".metadata.ownerReferences"), child)
	}
	assert.False(t, k.exists(t, "deployment/a-ollama"))
	assert.False(t, k.exists(t, "deployment/a-openwebui"))
}

// through has the operator talk through the proxy for as long as the test runs.
func through(t *testing.T, proxy *troublesomeProxy) {
	t.Helper()
	require.NoError(t, shared.StopManager())
	require.NoError(t, shared.StartManager("--kubeconfig="+proxy.kubeconfig))
	t.Cleanup(func() {
		require.NoError(t, shared.StopManager())
		require.NoError(t, shared.StartManager())
	})
}

// A troublesomeProxy stands between the operator and the API server.
type troublesomeProxy struct {
	kubeconfig string
	// before is called with each request; nil means nothing.
	before func(*http.Request)

	mutex sync.Mutex
	seen  map[string]bool
}

func newTroublesomeProxy(t *testing.T) *troublesomeProxy {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", shared.OperatorKubeconfig())
	require.NoError(t, err)
	transport, err := rest.TransportFor(config)
	require.NoError(t, err)
	target, err := url.Parse(config.Host)
	require.NoError(t, err)
	p := &troublesomeProxy{seen: map[string]bool{}, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = transport
	forward.FlushInterval = -1 // watches
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.before != nil {
			p.before(r)
		}
		if code := p.trouble(r); code != 0 {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(code)
			reason := map[int]metav1.StatusReason{http.StatusConflict: metav1.StatusReasonConflict, http.StatusTooManyRequests: metav1.StatusReasonTooManyRequests}[code]
			assert.NoError(t, json.NewEncoder(w).Encode(metav1.Status{
				TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure, Code: int32(code), Reason: reason, Message: "trouble", //nolint:gosec // a status code
			}))
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	kubeconfig := clientcmdapi.NewConfig()
	kubeconfig.Clusters["proxy"] = &clientcmdapi.Cluster{Server: server.URL}
	kubeconfig.Contexts["proxy"] = &clientcmdapi.Context{Cluster: "proxy"}
	kubeconfig.CurrentContext = "proxy"
	require.NoError(t, clientcmd.WriteToFile(*kubeconfig, p.kubeconfig))
	require.FileExists(t, p.kubeconfig)
	return p
}

// trouble is the status code of the first answer to each write, by turns; 0 for
// all other requests.
func (p *troublesomeProxy) trouble(r *http.Request) int {
	if r.Method == http.MethodGet {
		return 0
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	key := r.Method + " " + r.URL.Path
	if r.Method == http.MethodPost {
		key += r.Header.Get("Content-Length")
	}
	if p.seen[key] {
		return 0
	}
	p.seen[key] = true
	return hiccups[len(p.seen)%len(hiccups)]
}

// hiccups are answers that an API server gives, or what stands before it, and not the
// next time.
var hiccups = []int{
	http.StatusConflict, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusUnauthorized,
	http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

func (p *troublesomeProxy) troubled() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.seen)
}
