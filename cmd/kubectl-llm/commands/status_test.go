// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
)

const (
	apiPath   = "/apis/llm.geeper.io/v1alpha1/namespaces/models/"
	objectFmt = `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": %q,
		"metadata": {"name": "stack", "namespace": "models", "resourceVersion": "1"}, "status": {"phase": %q}}`
)

// newAPIServer returns the flags for an API server that answers requests by path and query,
// and with 404 otherwise.
func newAPIServer(t *testing.T, responses map[string]string) *genericclioptions.ConfigFlags {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		key := r.URL.Path
		if r.URL.Query().Get("watch") != "" {
			key += "?" + r.URL.Query().Get("fieldSelector")
		}
		body, found := responses[key]
		if !found {
			w.WriteHeader(http.StatusNotFound)
			body = `{"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "stack not found"}`
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	flags := genericclioptions.NewConfigFlags(false)
	namespace := "models"
	flags.APIServer, flags.Namespace = &server.URL, &namespace
	return flags
}

func TestStatusGet(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		responses map[string]string
		phase     string
		err       string
	}{
		"OllamaDeployment": {map[string]string{apiPath + resource + "/stack": fmt.Sprintf(objectFmt, "OllamaDeployment", "Ready")}, "Ready", ""},
		"deprecated kind":  {map[string]string{apiPath + deprecatedResource + "/stack": fmt.Sprintf(objectFmt, "Deployment", "Pending")}, "Pending", ""},
		"not found":        {nil, "", "stack not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := newObjectClient(newAPIServer(t, tc.responses), rest.NoWarnings{})
			require.NoError(t, err)
			d, err := c.get(t.Context(), "stack")
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.phase, string(d.Status.Phase))
		})
	}
}

func TestStatusWatch(t *testing.T) {
	t.Parallel()
	ready := fmt.Sprintf(objectFmt, "OllamaDeployment", "Ready")
	flags := newAPIServer(t, map[string]string{
		apiPath + resource + "/stack":               fmt.Sprintf(objectFmt, "OllamaDeployment", "Pending"),
		apiPath + resource + "?metadata.name=stack": `{"type": "MODIFIED", "object": ` + ready + "}\n" + `{"type": "DELETED", "object": ` + ready + "}\n",
	})
	c, err := newObjectClient(flags, rest.NoWarnings{})
	require.NoError(t, err)
	var out bytes.Buffer
	err = statusOptions{streams: genericiooptions.IOStreams{Out: &out}, watch: true}.run(t.Context(), c, "stack")
	require.EqualError(t, err, `OllamaDeployment "stack" was deleted`)
	assert.Contains(t, out.String(), "models/stack: Pending, ")
	assert.Contains(t, out.String(), "models/stack: Ready, ")
}

func TestCompleteNames(t *testing.T) {
	t.Parallel()
	list := `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeploymentList", "items": [` + fmt.Sprintf(objectFmt, "OllamaDeployment", "Ready") + "]}"
	assert.Equal(t, []string{"stack"}, completeNames(t.Context(), newAPIServer(t, map[string]string{apiPath + resource: list})))
	assert.Empty(t, completeNames(t.Context(), newAPIServer(t, nil)))
}
