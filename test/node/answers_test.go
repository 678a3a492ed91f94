// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// answerPause is the pause between two words of an answer. Ollama's drain script takes a server for idle
// whose answers are much slower than those of a small model.
const answerPause = 50 * time.Millisecond

// A narrator answers in place of the models that the node does not have: Ollama passes prompts of its remote
// models on. Its answers go on until the test ends them.
type narrator struct {
	url   string
	ended chan struct{}
}

// startNarrator starts a narrator in the network of the node, until the test ends.
func startNarrator(t *testing.T) *narrator {
	t.Helper()
	listener, err := net.Listen("tcp", sandbox.NodeAddress+":0")
	require.NoError(t, err)
	n := &narrator{url: "http://" + listener.Addr().String(), ended: make(chan struct{})}
	server := &http.Server{Handler: n, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until it is closed
	t.Cleanup(func() { _ = server.Close() })
	return n
}

// ServeHTTP answers a prompt with numbers, one after the other.
//
// Source: ollama/ollama, docs/api.md (Generate a completion).
func (n *narrator) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	for number, done := 1, false; !done; number++ {
		_, _ = fmt.Fprintf(w, `{"model":"narrator","created_at":"2026-01-01T00:00:00Z","response":"%d","done":false}`+"\n", number)
		_ = http.NewResponseController(w).Flush() // an error comes back
		select {
		case <-time.After(answerPause):
		case <-n.ended:
			done = true
		}
	}
	fmt.Fprintln(w, `{"model":"narrator","created_at":"2026-01-01T00:00:00Z","response":"","done":true,"done_reason":"stop"}`)
}

// An answer is what a client has received so far, and an error in the end if it is not all.
type answer struct {
	began    chan struct{}
	ended    chan error
	duration time.Duration
}

// ask sends a prompt to Ollama's API at a URL, and reads the answer in the background.
func ask(url, model string) *answer {
	a := &answer{began: make(chan struct{}), ended: make(chan error, 1)}
	go func() { a.ended <- a.read(url, model) }()
	return a
}

func (a *answer) read(url, model string) error {
	start := time.Now()
	defer func() { a.duration = time.Since(start) }()
	response, err := http.Post(url+"/api/generate", "application/json", strings.NewReader(`{"model":"`+model+`","prompt":"Count!"}`))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer has the status %s", response.Status)
	}
	lines := bufio.NewScanner(response.Body)
	for number := 1; lines.Scan(); number++ {
		var line struct {
			Response string
			Done     bool
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("%w: %s", err, lines.Text())
		}
		if line.Done {
			return nil
		}
		if line.Response != strconv.Itoa(number) {
			return fmt.Errorf("the answer has %q where %d is expected", lines.Text(), number)
		}
		if number == 1 {
			close(a.began)
		}
	}
	return fmt.Errorf("the answer was cut after %s: %w", time.Since(start), lines.Err())
}

// hasBegun waits for the first word.
func (a *answer) hasBegun(t *testing.T) {
	t.Helper()
	select {
	case <-a.began:
	case err := <-a.ended:
		require.NoError(t, err)
	case <-time.After(patience):
		require.Fail(t, "no answer")
	}
}

// assertWhole waits until the answer has ended, which must have been by its last word.
func (a *answer) assertWhole(t *testing.T, longer time.Duration) {
	t.Helper()
	select {
	case err := <-a.ended:
		require.NoError(t, err)
		assert.Greater(t, a.duration, longer)
	case <-time.After(patience):
		assert.Fail(t, "the answer does not end")
	}
}
