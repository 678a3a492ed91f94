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

// applyMany applies n stacks and returns their names.
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

// A new manager completes what a killed one has started. The test is not parallel, because other tests
// use the manager.
func TestManagerIsKilled(t *testing.T) {
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
	// After another restart, it reconciles all objects and writes nothing.
	writes := k.atRest(t)
	require.NoError(t, shared.StopManager())
	require.NoError(t, shared.StartManager())
	assert.Equal(t, writes, k.atRest(t))
}

// The operator continues after a restart of the API server.
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

// Temporary errors of the API server are retried, and not reported as failures. The first attempt of
// every write fails.
func TestTemporaryErrors(t *testing.T) {
	k := newKubectl(t)
	proxy := newFailingProxy(t)
	through(t, proxy)
	k.apply(t, stack)
	k.ready(t, "stack")
	assert.Greater(t, proxy.failures(), 10)
	events := k.ok(t, "", "events", "--for=ollamadeployment/stack")
	assert.NotContains(t, events, "Warning")
	k.condition(t, "stack", "Degraded", "False", "AsExpected", "")
}

// An object that another client creates between the operator's read and its first apply is not changed.
func TestObjectsCreatedConcurrently(t *testing.T) {
	k := newKubectl(t)
	proxy := newFailingProxy(t)
	proxy.before = func(r *http.Request) {
		for path, object := range map[string]string{
			"/configmaps/a-ollama":                `{apiVersion: v1, kind: ConfigMap, metadata: {name: a-ollama}, data: {theirs: added}}`,
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

// through makes the operator use the proxy until the test ends.
func through(t *testing.T, proxy *failingProxy) {
	t.Helper()
	require.NoError(t, shared.StopManager())
	require.NoError(t, shared.StartManager("--kubeconfig="+proxy.kubeconfig))
	t.Cleanup(func() {
		require.NoError(t, shared.StopManager())
		require.NoError(t, shared.StartManager())
	})
}

// A failingProxy is a proxy between the operator and the API server that fails requests.
type failingProxy struct {
	kubeconfig string
	// before is called with each request unless it is nil.
	before func(*http.Request)

	mutex sync.Mutex
	seen  map[string]bool
}

// newFailingProxy starts a proxy that stops when the test ends.
func newFailingProxy(t *testing.T) *failingProxy {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", shared.OperatorKubeconfig())
	require.NoError(t, err)
	transport, err := rest.TransportFor(config)
	require.NoError(t, err)
	target, err := url.Parse(config.Host)
	require.NoError(t, err)
	p := &failingProxy{seen: map[string]bool{}, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = transport
	forward.FlushInterval = -1 // watches
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.before != nil {
			p.before(r)
		}
		if code := p.failure(r); code != 0 {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(code)
			reason := map[int]metav1.StatusReason{http.StatusConflict: metav1.StatusReasonConflict, http.StatusTooManyRequests: metav1.StatusReasonTooManyRequests}[code]
			assert.NoError(t, json.NewEncoder(w).Encode(metav1.Status{
				TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure, Code: int32(code), Reason: reason, Message: "temporary error", //nolint:gosec // a status code
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

// failure returns the status code of the response to the first attempt of a write, and 0 for other
// requests.
func (p *failingProxy) failure(r *http.Request) int {
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
	return temporaryErrors[len(p.seen)%len(temporaryErrors)]
}

// temporaryErrors has status codes of an API server, or a load balancer, after which a retry succeeds.
var temporaryErrors = []int{
	http.StatusConflict, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusUnauthorized,
	http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// failures returns the number of failed requests.
func (p *failingProxy) failures() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.seen)
}
