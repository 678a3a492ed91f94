// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// httpClient makes a connection for each request, so that each is balanced by kube-proxy.
var httpClient = &http.Client{
	Timeout:   5 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true},
}

// url returns the URL of a path at a port of a Service, once the node forwards connections to it: the
// proxy learns of a ready pod at the same time as the operator, and may be later.
func (s *space) url(t require.TestingT, service, port, path string) string {
	found := &corev1.Service{}
	require.NoError(t, s.client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: service}, found))
	address := net.JoinHostPort(found.Spec.ClusterIP, port)
	require.Eventually(t, func() bool {
		connection, err := net.DialTimeout("tcp", address, tick)
		if err != nil {
			return false
		}
		return connection.Close() == nil
	}, patience, tick, "nothing listens at %s", address)
	return "http://" + address + path
}

// fetch returns the status and body of a GET request.
func fetch(url string) (status int, body string, err error) {
	response, err := httpClient.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}

// models returns the names of the models that Ollama lists at the URL of its /api/tags.
func models(t require.TestingT, url string) []string {
	status, body, err := fetch(url)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, body)
	var list struct {
		Models []struct{ Name string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &list), body)
	var names []string
	for _, model := range list.Models {
		names = append(names, model.Name)
	}
	return names
}
