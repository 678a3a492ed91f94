// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// pause is the time between two requests of a client of the stream.
const pause = 50 * time.Millisecond

// reinitializing is the message by which the API server, after a change of a CRD, asks clients to repeat a list or a
// watch in a second, until its cache is ready. All clients of client-go do. No other answer may have to be repeated.
//
// Source: k8s.io/apiserver, pkg/storage/cacher/ready.go (ResilientWatchCacheInitialization).
const reinitializing = "storage is (re)initializing"

// A stream is several clients that send requests, each valid for all versions, until it is stopped. Every
// answer counts: a request that a client repeats by itself has failed before.
type stream struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	client client.Client

	mutex  sync.Mutex
	sent   map[string]int
	failed []string
	// specs has the first result of an update of each object, once they have to be the same.
	specs map[string]any
}

// startStream sends requests until the stream is stopped or the test ends. The given objects are stored.
func (u *upgrade) startStream(t *testing.T, stored []unstructured.Unstructured) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &stream{cancel: cancel, sent: map[string]int{}}
	t.Cleanup(cancel)
	config := rest.CopyConfig(u.cluster.Config)
	config.Wrap(s.record)
	var err error
	s.client, err = client.New(config, client.Options{})
	require.NoError(t, err)
	for _, run := range []func(context.Context) error{
		s.lives, s.lives, s.lives, s.scales, s.reads, s.creates, s.creates,
		func(ctx context.Context) error { return s.updates(ctx, stored) },
		func(ctx context.Context) error { return s.updates(ctx, stored) },
	} {
		s.done.Go(func() {
			for ctx.Err() == nil {
				if err := run(ctx); err != nil && ctx.Err() == nil {
					s.fail(err.Error())
				}
			}
		})
	}
	return s
}

// A roundTripper sends requests.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

// record records requests that were not answered, or with an error.
func (s *stream) record(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		if err != nil {
			if request.Context().Err() == nil {
				s.fail(fmt.Sprintf("%s %s: %v", request.Method, request.URL.Path, err))
			}
			return response, err
		}
		if response.StatusCode >= http.StatusBadRequest {
			body, err := io.ReadAll(response.Body)
			response.Body = io.NopCloser(bytes.NewReader(body))
			if bytes.Contains(body, []byte(reinitializing)) {
				return response, nil
			}
			s.fail(fmt.Sprintf("%s %s: %s %s %v", request.Method, request.URL.Path, response.Status, body, err))
		}
		return response, nil
	})
}

// fail records a failure.
func (s *stream) fail(text string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.failed = append(s.failed, time.Now().Format("15:04:05.000 ")+text)
}

// step counts a request of a kind that has succeeded, and pauses.
func (s *stream) step(ctx context.Context, kind string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	s.mutex.Lock()
	s.sent[kind]++
	s.mutex.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
	return nil
}

// counts returns how many requests of each kind have succeeded.
func (s *stream) counts() map[string]int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	counts := map[string]int{}
	for kind, count := range s.sent {
		counts[kind] = count
	}
	return counts
}

// more waits until each client has sent a number of further requests.
func (s *stream) more(t *testing.T, number int) {
	t.Helper()
	before := s.counts()
	require.Eventually(t, func() bool {
		for kind, count := range s.counts() {
			if count < before[kind]+number {
				return false
			}
		}
		return len(s.counts()) == len(streamKinds)
	}, patience, tick, "the stream does not go on")
}

// stop stops the stream and asserts that no request failed.
func (s *stream) stop(t *testing.T) {
	t.Helper()
	s.cancel()
	s.done.Wait()
	t.Logf("requests: %v", s.sent)
	for _, kind := range streamKinds {
		assert.NotZero(t, s.sent[kind], kind)
	}
	assert.Empty(t, s.failed)
}
