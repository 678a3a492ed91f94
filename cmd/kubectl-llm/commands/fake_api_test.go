// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// A fakeAPI stores objects by path, such as "ollamadeployments/stack", merges patches into them, and
// answers watches with the events. It accepts every change that is not refused.
type fakeAPI struct {
	t *testing.T
	// refusals are answers to the first patches, as Status objects.
	refusals []string
	// failure is the answer to every request, as a Status object, "" if requests are served.
	failure string
	// events are the objects that a watch delivers, in YAML without kind and metadata.
	events []string
	// open keeps watches open after the events.
	open bool

	// version is that of Kubernetes; "" means a current one.
	version string
	// denied are the paths that the user may not read.
	denied []string

	mutex   sync.Mutex
	objects map[string]string
	patches []string
}

// newFakeAPI returns a server with the objects, in YAML without kind, and the flags to reach it.
func newFakeAPI(t *testing.T, objects map[string]string) (*fakeAPI, []string) {
	t.Helper()
	api := &fakeAPI{t: t, objects: map[string]string{}}
	for path, object := range objects {
		api.objects[path] = api.complete(path, object)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return api, []string{"--kubeconfig", os.DevNull, "--server", server.URL, "--namespace", "models"}
}

// complete returns an object as JSON, with its kind, name and namespace.
func (f *fakeAPI) complete(path, object string) string {
	f.t.Helper()
	text, err := yaml.YAMLToJSON([]byte(object))
	require.NoError(f.t, err)
	kind := "OllamaDeployment"
	if strings.HasPrefix(path, deprecatedResource) {
		kind = "Deployment"
	}
	_, name, isObject := strings.Cut(path, "/")
	if !isObject {
		kind += "List"
	}
	text, err = jsonpatch.MergePatch([]byte(`{"metadata": {"resourceVersion": "1", "generation": 1}}`), text)
	require.NoError(f.t, err)
	text, err = jsonpatch.MergePatch(text, fmt.Appendf(nil, `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": %q, "metadata": {"name": %q, "namespace": "models"}}`, kind, name))
	require.NoError(f.t, err)
	return string(text)
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	path := strings.TrimPrefix(r.URL.Path, apiPath)
	object, found := f.objects[path]
	switch {
	case f.failure != "":
		f.refuse(w, f.failure)
	case path == "/version":
		_, _ = fmt.Fprintf(w, `{"gitVersion": %q}`, cmp.Or(f.version, "v1.37.2"))
	case r.URL.Query().Get("watch") != "":
		name := strings.TrimPrefix(r.URL.Query().Get("fieldSelector"), "metadata.name=")
		for _, event := range f.events {
			_, _ = fmt.Fprintf(w, "{\"type\": \"MODIFIED\", \"object\": %s}\n", f.complete(path+"/"+name, event))
		}
		f.events = nil
		_ = http.NewResponseController(w).Flush()
		if f.open {
			f.mutex.Unlock()
			<-r.Context().Done()
			f.mutex.Lock()
		}
	case slices.Contains(f.denied, path):
		f.refuse(w, `{"reason": "Forbidden", "code": 403, "message": "no"}`)
	case !found:
		f.refuse(w, fmt.Sprintf(`{"reason": "NotFound", "code": 404, "message": "%s not found"}`, path))
	case r.Method == http.MethodPatch:
		f.patch(w, r, path)
	default:
		_, _ = io.WriteString(w, object)
	}
}

func (f *fakeAPI) patch(w http.ResponseWriter, r *http.Request, path string) {
	patch, err := io.ReadAll(r.Body)
	f.check(err)
	assert.Contains(f.t, []string{"application/merge-patch+json", "application/apply-patch+yaml"}, r.Header.Get("Content-Type"))
	f.patches = append(f.patches, fmt.Sprintf("%s?%s %s", path, r.URL.RawQuery, patch))
	if len(f.refusals) > 0 {
		f.refuse(w, f.refusals[0])
		f.refusals = f.refusals[1:]
		return
	}
	after, err := jsonpatch.MergePatch([]byte(f.objects[path]), patch)
	f.check(err)
	after, err = jsonpatch.MergePatch(after, []byte(`{"metadata": {"generation": 2}}`))
	f.check(err)
	if r.URL.Query().Get("dryRun") == "" {
		f.objects[path] = string(after)
	}
	w.Header().Add("Warning", "299 - \"spec: a warning\u202e\"")
	_, _ = w.Write(after)
}

func (f *fakeAPI) refuse(w http.ResponseWriter, status string) {
	var body map[string]any
	f.check(json.Unmarshal([]byte(status), &body))
	body["apiVersion"], body["kind"], body["status"] = "v1", "Status", "Failure"
	code, _ := body["code"].(float64)
	w.WriteHeader(int(code))
	f.check(json.NewEncoder(w).Encode(body))
}

// check reports an error without ending the request.
func (f *fakeAPI) check(err error) {
	if err != nil {
		f.t.Error(err)
	}
}
