// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// Requests that exceed the size limits are rejected immediately and do not delay others.
func TestTooLargeObjects(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	client, err := rest.HTTPClientFor(shared.Config)
	require.NoError(t, err)
	body := []byte(`{"apiVersion":"llm.geeper.io/v1alpha1","kind":"OllamaDeployment","metadata":{"name":"large"},"spec":{"ollama":{"models":[` +
		strings.TrimSuffix(strings.Repeat(`"a:b",`, 450_000), ",") + `]}}}`)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var requests sync.WaitGroup
	for range 5 {
		requests.Go(func() {
			url := "https://" + strings.TrimPrefix(shared.Config.Host, "https://") + "/apis/llm.geeper.io/v1alpha1/namespaces/" + k.namespace + "/ollamadeployments"
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			request.Header.Set("Content-Type", "application/json")
			response, err := client.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			var status metav1.Status
			if err := json.NewDecoder(response.Body).Decode(&status); err != nil {
				t.Error(err)
			}
			assert.EqualValues(t, http.StatusUnprocessableEntity, status.Code)
			assert.Contains(t, status.Message, "spec.ollama.models: Too many: must have at most 1000 entries")
			assert.Less(t, len(status.Message), 500)
		})
	}
	k.apply(t, "{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: small}, spec: {ollama: {models: [\"llama2:7b\"]}}}")
	requests.Wait()
}

// The metrics require a valid token.
func TestMetricsToken(t *testing.T) {
	t.Parallel()
	certs := t.TempDir()
	writeCertificate(t, certs)
	address := "127.0.0.1:" + strconv.Itoa(freePort(t))
	var log bytes.Buffer
	cmd := exec.Command(managerBinary,
		"--kubeconfig="+shared.Kubeconfig, "--webhook-cert-dir="+certs,
		"--webhook-host=127.0.0.1", "--webhook-port="+strconv.Itoa(freePort(t)),
		"--health-probe-bind-address=0", "--metrics-bind-address="+address, "--shutdown-delay-duration=0", "--zap-devel=false",
		"--watch-namespaces=kube-system",
	)
	cmd.Stderr = &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the certificate is not tested
	get := func(header string) (int, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
		if err != nil {
			return 0, err
		}
		if header != "" {
			request.Header.Set("Authorization", header)
		}
		response, err := client.Do(request)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return response.StatusCode, err
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		code, err := get("")
		assert.NoError(c, err)
		assert.Equal(c, http.StatusUnauthorized, code)
	}, patience, tick)
	for _, header := range []string{"Bearer junk", "Bearer a.b.c", "Bearer ", "Basic YTpi", "Bearer " + strings.Repeat("x", 10_000)} {
		code, err := get(header)
		require.NoError(t, err)
		assert.Equal(t, http.StatusUnauthorized, code, header)
	}
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	assert.NotContains(t, log.String(), "goroutine")
	assert.NotContains(t, log.String(), "uthentication failed")
}

// A positional argument is an error, because flags after it would be ignored.
func TestManagerRejectsPositionalArguments(t *testing.T) {
	t.Parallel()
	for _, argument := range []string{"true", "run", ""} {
		out, err := exec.Command(managerBinary, "--leader-elect", argument, "--namespace=default").CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		assert.Equal(t, 2, exit.ExitCode())
		assert.Contains(t, string(out), fmt.Sprintf("unexpected argument %q", argument))
	}
}
