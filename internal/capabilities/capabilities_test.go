// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package capabilities

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
)

func TestLacksImageVolumes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		version string
		status  int
		lacks   bool
		fails   bool
	}{
		"Kubernetes 1.34":                     {version: "v1.34.9", lacks: true},
		"Kubernetes 1.34 of a vendor":         {version: "v1.34.1-gke.100+abc", lacks: true},
		"Kubernetes 1.35":                     {version: "v1.35.0"},
		"Kubernetes 1.35, release candidate":  {version: "v1.35.0-rc.1"},
		"Kubernetes 2":                        {version: "v2.0.0"},
		"a version that no Kubernetes can be": {version: "main", fails: true},
		"API server that is starting":         {status: http.StatusForbidden, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "/version", r.URL.Path)
				if tc.status != 0 {
					w.WriteHeader(tc.status)
				}
				_, _ = io.WriteString(w, `{"major": "1", "minor": "0", "gitVersion": "`+tc.version+`"}`)
			}))
			t.Cleanup(server.Close)
			lacks, err := lacksImageVolumes(discovery.NewDiscoveryClientForConfigOrDie(&rest.Config{Host: server.URL}))
			assert.Equal(t, tc.fails, err != nil, "%v", err)
			assert.Equal(t, tc.lacks, lacks)
		})
	}
}

func TestLacksResourceClaims(t *testing.T) {
	t.Parallel()
	const stable = `{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "resource.k8s.io/v1", "resources": [{"name": "resourceclaims", "singularName": "resourceclaim", "namespaced": true, "kind": "ResourceClaim", "verbs": ["get"]}]}`
	for name, tc := range map[string]struct {
		status int
		body   string
		lacks  bool
		fails  bool
	}{
		"Kubernetes before 1.34, or only the beta": {status: http.StatusNotFound, lacks: true},
		"Kubernetes from 1.34 on":                  {status: http.StatusOK, body: stable},
		"API server that is starting":              {status: http.StatusForbidden, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "/apis/resource.k8s.io/v1", r.URL.Path)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			t.Cleanup(server.Close)
			lacks, err := lacksResourceClaims(discovery.NewDiscoveryClientForConfigOrDie(&rest.Config{Host: server.URL}))
			assert.Equal(t, tc.fails, err != nil, "%v", err)
			assert.Equal(t, tc.lacks, lacks)
		})
	}
}
