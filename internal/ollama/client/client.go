// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Bounds of requests.
const (
	dialTimeout   = 5 * time.Second
	headerTimeout = 30 * time.Second
	maxHeader     = 64 << 10

	// maxSmallBody bounds answers that are an error or a version.
	maxSmallBody = 64 << 10
)

// A Client calls the API of one Ollama server. It may be used concurrently.
type Client struct {
	// StallAfter is how long a pull may go without progress.
	StallAfter time.Duration
	// VerifyStallAfter is StallAfter while Ollama verifies what it has pulled, which it does without
	// reporting progress.
	VerifyStallAfter time.Duration

	address string
	http    *http.Client
}

// Defaults of the Client's fields.
const (
	DefaultStallAfter       = 5 * time.Minute
	DefaultVerifyStallAfter = time.Hour
)

// New returns a client of the server at the address, which is "host:port"; IPv6 addresses have
// brackets. Without an HTTP client it uses NewHTTPClient(nil).
func New(address string, httpClient *http.Client) *Client {
	if httpClient == nil {
		httpClient = NewHTTPClient(nil)
	}
	return &Client{
		StallAfter:       DefaultStallAfter,
		VerifyStallAfter: DefaultVerifyStallAfter,
		address:          address,
		http:             httpClient,
	}
}

// NewHTTPClient returns an HTTP client for New, which many Clients may share. It connects through the
// proxy or, if that is nil, directly, whatever the environment says. It keeps no idle connections,
// does not follow redirects, and limits the time until a connection and the headers of an answer.
func NewHTTPClient(proxy *url.URL) *http.Client {
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    dialTimeout, // of an https proxy
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableKeepAlives:      true,
		DisableCompression:     true,
	}
	if proxy != nil {
		transport.Proxy = http.ProxyURL(proxy)
	}
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// send sends a request with a body in JSON, or without one if it is nil. It returns the answer if that
// is "200 OK". The caller closes its body.
func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var reader io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encoding the request: %w", err)
		}
		reader = bytes.NewReader(encoded)
	}
	target := url.URL{Scheme: "http", Host: c.address, Path: path}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), reader)
	if err != nil {
		return nil, newError(Unreachable, err.Error())
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, transportError(ctx, err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, maxSmallBody)) // what has come is enough for an error
	return nil, statusError(response.StatusCode, text)
}

// transportError returns the error of a request that was not answered.
func transportError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the URL
	}
	return newError(Unreachable, err.Error())
}

// bodyError returns the error of an answer that broke off.
func bodyError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return newError(Unreachable, "the answer broke off: "+err.Error())
}

// bounded returns a context that is done after the timeout, with an *Error with reason
// Unreachable as the cause.
func bounded(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, timeout, newError(Unreachable, fmt.Sprintf("no complete answer within %s", timeout)))
}
