// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPreflightUsage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"argument":       {[]string{"stack"}, "error: unknown command \"stack\" for \"kubectl llm preflight\"; see \"kubectl llm preflight --help\"\n"},
		"unknown output": {[]string{"-o", "xml"}, "error: unknown output format \"xml\", must be one of [\"json\" \"yaml\"]\n"},
		"unknown reason": {[]string{"--fail-on", "restart,all"}, "error: unknown reason \"all\" of --fail-on, must be one of [\"tolerated\" \"restart\" \"change\" \"warning\"]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, "", append([]string{"preflight"}, tc.args...)...)
			assert.Equal(t, ExitUsage, code)
			assert.Empty(t, out)
			assert.Equal(t, tc.want, stderr)
		})
	}
}

// A list that expires between two pages goes on, and one that the user may not read says so.
func TestPreflightPages(t *testing.T) {
	t.Parallel()
	const page = `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeploymentList", "metadata": {"continue": %q}, "items": [
		{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": %q, "namespace": "models", "uid": "1"}, "spec": {"ollama": {"models": ["llama2:7b"]}}}]}`
	const status = `{"apiVersion": "v1", "kind": "Status", "status": "Failure", "metadata": {"continue": %q}, "reason": %q, "code": %d, "message": "no"}`
	for name, tc := range map[string]struct {
		denied   bool
		want     int
		out, err string
	}{
		"expired": {want: 0, out: "2 objects: "},
		"denied":  {denied: true, want: ExitInvalid, err: "error: reading ollamadeployments.llm.geeper.io: no\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				fail := func(code int, reason, token string) {
					w.WriteHeader(code)
					_, _ = fmt.Fprintf(w, status, token, reason, code)
				}
				switch token := r.URL.Query().Get("continue"); {
				case r.URL.Path == "/version":
					_, _ = io.WriteString(w, `{"gitVersion": "v1.37.2"}`)
				case r.URL.Path != "/apis/llm.geeper.io/v1alpha1/ollamadeployments":
					fail(http.StatusNotFound, "NotFound", "")
				case tc.denied:
					fail(http.StatusForbidden, "Forbidden", "")
				case token == "":
					_, _ = io.WriteString(w, fmt.Sprintf(page, "old", "a"))
				case token == "old":
					fail(http.StatusGone, "Expired", "new")
				default:
					_, _ = io.WriteString(w, fmt.Sprintf(page, "", "b"))
				}
			}))
			t.Cleanup(server.Close)
			code, out, stderr := run(t, "", "preflight", "--crds=false", "--kubeconfig", os.DevNull, "--server", server.URL)
			assert.Equal(t, tc.want, code, stderr)
			assert.Contains(t, out, tc.out)
			assert.Equal(t, tc.err, stderr)
		})
	}
}

// Rules that depend on the cluster are those of the cluster that is asked: one without image volumes refuses images with
// models, and tolerates them where they are stored.
func TestCapabilitiesOfTheCluster(t *testing.T) {
	t.Parallel()
	const (
		spec   = `{ollama: {models: ["llama2:7b"], modelImages: [{reference: "registry.example.com/models:1"}]}}`
		list   = `{metadata: {}, items: [{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: a, namespace: models, uid: "1"}, spec: ` + spec + `}]}`
		object = `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: b}, spec: ` + spec + `}`
		lacks  = "the cluster has no image volumes"
	)
	for name, tc := range map[string]struct {
		args    []string
		version string
		code    int
		lacks   bool
	}{
		"preflight without image volumes": {[]string{"preflight", "--crds=false"}, "v1.34.1", 0, true},
		"preflight with image volumes":    {[]string{"preflight", "--crds=false"}, "v1.35.0", 0, false},
		"validate without image volumes":  {[]string{"validate", "-", "--against", "cluster"}, "v1.34.1", ExitInvalid, true},
		"validate with image volumes":     {[]string{"validate", "-", "--against", "cluster"}, "v1.35.0", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, map[string]string{resource: list})
			api.version = tc.version
			code, out, stderr := run(t, object, append(tc.args, flags...)...)
			assert.Equal(t, tc.code, code, stderr)
			assert.Equal(t, tc.lacks, strings.Contains(out, lacks), out)
		})
	}
}
