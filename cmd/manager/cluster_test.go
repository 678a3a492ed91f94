// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
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

// The test server answers requests for its APIs as API servers do.
func TestLacksResourceClaims(t *testing.T) {
	t.Parallel()
	const (
		noGroups  = `{"kind": "APIGroupList", "apiVersion": "v1", "groups": []}`
		betaGroup = `{"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "resource.k8s.io", "versions": [{"groupVersion": "resource.k8s.io/v1beta2", "version": "v1beta2"}]}]}`
		group     = `{"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "resource.k8s.io", "versions": [{"groupVersion": "resource.k8s.io/v1", "version": "v1"}]}]}`
		claims    = `"resources": [{"name": "resourceclaims", "singularName": "resourceclaim", "namespaced": true, "kind": "ResourceClaim", "verbs": ["get"]}]}`
		beta      = `{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "resource.k8s.io/v1beta2", ` + claims
		stable    = `{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "resource.k8s.io/v1", ` + claims
	)
	for name, tc := range map[string]struct {
		answers map[string]string
		lacks   bool
		fails   bool
	}{
		"Kubernetes before 1.34":      {answers: map[string]string{"/apis": noGroups}, lacks: true},
		"only the beta":               {answers: map[string]string{"/apis": betaGroup, "/apis/resource.k8s.io/v1beta2": beta}, lacks: true},
		"Kubernetes from 1.34 on":     {answers: map[string]string{"/apis": group, "/apis/resource.k8s.io/v1": stable}},
		"API server that is starting": {fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer, found := tc.answers[r.URL.Path]
				switch {
				case tc.fails:
					w.WriteHeader(http.StatusForbidden)
				case r.URL.Path == "/api":
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, `{"kind": "APIVersions", "versions": ["v1"]}`)
				case found:
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, answer)
				default:
					w.WriteHeader(http.StatusNotFound)
				}
			}))
			t.Cleanup(server.Close)
			mapper, err := apiutil.NewDynamicRESTMapper(&rest.Config{Host: server.URL}, server.Client())
			require.NoError(t, err)
			lacks, err := lacksResourceClaims(mapper)
			assert.Equal(t, tc.fails, err != nil, "%v", err)
			assert.Equal(t, tc.lacks, lacks)
		})
	}
}
