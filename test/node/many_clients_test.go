// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// A visitor is somebody who uses one of the pods of Open WebUI, and has a session.
type visitor struct {
	pod   string
	token string
}

// at returns the same visitor at a pod.
func (v visitor) at(pod corev1.Pod) visitor {
	v.pod = "http://" + net.JoinHostPort(pod.Status.PodIP, "8080")
	return v
}

// call returns the status and the body of an answer.
func (v visitor) call(t require.TestingT, method, path, body string) (status int, text string) {
	response, err := v.send(httpClient, method, path, body)
	require.NoError(t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, strings.TrimSpace(string(data))
}

func (v visitor) send(client *http.Client, method, path, body string) (*http.Response, error) {
	request, err := http.NewRequest(method, v.pod+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	return client.Do(request)
}

const account = `{"email": "somebody@example.com", "password": "guessed"}`

// signUp creates an account and returns the visitor with its session.
func (v visitor) signUp(t *testing.T) visitor {
	t.Helper()
	status, token := v.call(t, http.MethodPost, "/api/v1/auths/signup", account)
	require.Equal(t, http.StatusOK, status, token)
	v.token = token
	return v
}

// session returns the status of a request that needs a session.
func (v visitor) session(t require.TestingT) int {
	status, _ := v.call(t, http.MethodGet, "/api/v1/auths/", "")
	return status
}

// listen returns the events that the visitor hears, after the pod has said that it is connected.
func (v visitor) listen(t *testing.T) <-chan string {
	t.Helper()
	response, err := v.send(http.DefaultClient, http.MethodGet, "/ws/events", "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	require.Equal(t, http.StatusOK, response.StatusCode)
	lines := bufio.NewScanner(response.Body)
	require.True(t, lines.Scan())
	require.Equal(t, "connected", lines.Text())
	events := make(chan string, 16)
	go func() {
		defer close(events)
		for lines.Scan() {
			events <- lines.Text()
		}
	}()
	return events
}

// receive returns the next event.
func receive(t *testing.T, events <-chan string) string {
	t.Helper()
	select {
	case event := <-events:
		return event
	case <-time.After(10 * time.Second):
		return "no event"
	}
}
