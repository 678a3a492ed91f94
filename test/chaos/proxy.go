// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// A mishap is what a proxy does to a request.
type mishap string

// Mishaps.
const (
	none        mishap = ""
	conflict    mishap = "409"
	tooMany     mishap = "429"
	internal    mishap = "500"
	unavailable mishap = "503"
	// hang answers nothing, and cuts the connection in the end.
	hang mishap = "timeout"
	// lose forwards the request, and cuts the connection in place of the answer.
	lose mishap = "lost answer"
	// cut cuts a watch some time after it has begun.
	cut mishap = "cut watch"
)

// maxHang is how long a request hangs at most, and maxWatch how long a watch lasts that is cut.
const (
	maxHang  = 6 * time.Second
	maxWatch = 5 * time.Second
)

// A proxy forwards the requests of the managers to the API server, and has some of them fail during a storm.
type proxy struct {
	// credentials is the file with the kubeconfig of the managers' user; it appears when the cluster starts.
	credentials string
	tally       *tally
	server      *http.Server
	url         string
	done        sync.WaitGroup
	// decide returns what happens to a request, and when.
	decide func(*http.Request) (mishap, time.Duration)
	// plants change the requests that are forwarded.
	plants []plant

	mutex     sync.Mutex
	rand      *rand.Rand
	chance    float64 // of a mishap
	leases    bool    // whether they fail, too
	transport http.RoundTripper
	target    *url.URL
	watches   map[*http.Request]context.CancelFunc
}

// startProxy starts a proxy on a free port of loopback, with files in the directory.
func startProxy(dir string, seed int64, t *tally) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening in front of the API server: %w", err)
	}
	p := &proxy{
		credentials: filepath.Join(dir, "credentials"), tally: t, url: "http://" + listener.Addr().String(),
		rand: rand.New(rand.NewSource(seed)), watches: map[*http.Request]context.CancelFunc{}, //nolint:gosec // it has to be repeatable
	}
	p.decide = p.draw
	config := clientcmdapi.NewConfig()
	config.Clusters["proxy"] = &clientcmdapi.Cluster{Server: p.url}
	config.Contexts["proxy"] = &clientcmdapi.Context{Cluster: "proxy"}
	config.CurrentContext = "proxy"
	if err := clientcmd.WriteToFile(*config, p.kubeconfig()); err != nil {
		return nil, errors.Join(fmt.Errorf("writing the kubeconfig of the proxy: %w", err), listener.Close())
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	p.done.Go(func() { _ = p.server.Serve(listener) }) // until it is closed
	return p, nil
}

// kubeconfig returns the path of a kubeconfig that leads to the proxy.
func (p *proxy) kubeconfig() string { return p.credentials + ".proxy" }

func (p *proxy) stop() error {
	err := p.server.Close()
	p.done.Wait()
	return err
}

// storm has requests fail by chance, those of leader election only if leases is true. A chance of 0 ends it.
func (p *proxy) storm(chance float64, leases bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.chance, p.leases = chance, leases
}

// cutWatches cuts all watches, and returns how many there were.
func (p *proxy) cutWatches() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, cancel := range p.watches {
		cancel()
	}
	return len(p.watches)
}

// draw decides by chance.
func (p *proxy) draw(r *http.Request) (mishap, time.Duration) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if strings.Contains(r.URL.Path, "/leases") && !p.leases || p.rand.Float64() >= p.chance {
		return none, 0
	}
	share := p.rand.Float64()
	if isWatch(r) {
		return cut, time.Duration(share * float64(maxWatch))
	}
	choices := []mishap{tooMany, internal, unavailable, hang, lose}
	if r.Method == http.MethodPut || r.Method == http.MethodPatch || r.Method == http.MethodDelete {
		choices = append(choices, conflict, conflict, lose)
	}
	return choices[p.rand.Intn(len(choices))], time.Duration(share * float64(maxHang))
}

func isWatch(r *http.Request) bool {
	watch := r.URL.Query().Get("watch")
	return watch == "true" || watch == "1"
}

// ServeHTTP answers a request.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what, when := p.decide(r)
	if what != none {
		p.tally.add(groupRequest, string(what), 1)
	}
	switch what {
	case none, cut:
		p.forward(w, r, what, when)
	case lose:
		p.forward(discard{header: http.Header{}}, r, none, 0)
		panic(http.ErrAbortHandler)
	case hang:
		timer := time.NewTimer(when)
		defer timer.Stop()
		select {
		case <-r.Context().Done():
		case <-timer.C:
		}
		panic(http.ErrAbortHandler)
	default:
		refuse(w, what)
	}
}

// forward forwards a request. A watch ends after a while if it is to be cut, and when all are.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request, what mishap, when time.Duration) {
	target, transport, err := p.upstream()
	if err != nil {
		refuse(w, unavailable)
		return
	}
	for _, one := range p.plants {
		if err := one.change(r); err != nil {
			panic(http.ErrAbortHandler) // the client has left
		}
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	if what == cut {
		timer := time.AfterFunc(when, cancel)
		defer timer.Stop()
	}
	if isWatch(r) {
		defer p.register(r, cancel)()
	}
	reverse := &httputil.ReverseProxy{
		Rewrite:       func(out *httputil.ProxyRequest) { out.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	reverse.ServeHTTP(w, r.WithContext(ctx))
}

// register remembers a watch until the returned function is called.
func (p *proxy) register(r *http.Request, cancel context.CancelFunc) func() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.watches[r] = cancel
	return func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		delete(p.watches, r)
	}
}

// upstream returns the API server and how it is reached. It fails until the credentials are there.
func (p *proxy) upstream() (*url.URL, http.RoundTripper, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.transport != nil {
		return p.target, p.transport, nil
	}
	if _, err := os.Stat(p.credentials); err != nil {
		return nil, nil, err
	}
	config, err := clientcmd.BuildConfigFromFlags("", p.credentials)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the managers' kubeconfig: %w", err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the address of the API server: %w", err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, nil, fmt.Errorf("connecting to the API server: %w", err)
	}
	p.target, p.transport = target, transport
	return target, transport, nil
}

// refuse answers as the API server does when it refuses a request.
func refuse(w http.ResponseWriter, what mishap) {
	const text = "a fault of the campaign"
	refusals := map[mishap]*apierrors.StatusError{
		conflict:    apierrors.NewConflict(schema.GroupResource{}, "", errors.New(text)),
		tooMany:     apierrors.NewTooManyRequests(text, 1),
		internal:    apierrors.NewInternalError(errors.New(text)),
		unavailable: apierrors.NewServiceUnavailable(text),
	}
	status := refusals[what].Status()
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	w.Header().Set("Content-Type", "application/json")
	if what == tooMany {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(int(status.Code))
	_ = json.NewEncoder(w).Encode(status) // the client may have left
}

// discard is where lost answers go.
type discard struct{ header http.Header }

func (d discard) Header() http.Header          { return d.header }
func (discard) Write(data []byte) (int, error) { return len(data), nil }
func (discard) WriteHeader(int)                {}
