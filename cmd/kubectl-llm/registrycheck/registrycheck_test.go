// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/ollama"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Sizes of models, in bytes.
const (
	gib   = 1 << 30
	small = gib / 2
)

// A double is a client of registries that all have the same models, and records what it is asked.
type double struct {
	*ollama.Registry
	mu       sync.Mutex
	asked    []string
	running  int
	most     int
	together chan struct{}
}

func newDouble() *double {
	d := &double{Registry: ollama.NewRegistry(nil)}
	d.Add("llama3.2:3b", 2*gib)
	d.Add("llama3.1:8b", 5*gib)
	d.Add("small:latest", small)
	d.Add("user/repo:Q4_K_M", small)
	d.Refuse("private:1b", http.StatusUnauthorized)
	return d
}

// RoundTrip implements http.RoundTripper. Hosts named "away" cannot be reached.
func (d *double) RoundTrip(request *http.Request) (*http.Response, error) {
	d.mu.Lock()
	d.asked = append(d.asked, request.URL.String())
	d.running++
	d.most = max(d.most, d.running)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.running--
	}()
	if d.together != nil {
		select {
		case d.together <- struct{}{}:
		case <-d.together:
		}
	}
	if strings.HasPrefix(request.URL.Host, "away") {
		return nil, http.ErrServerClosed
	}
	recorder := httptest.NewRecorder()
	d.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

// objects returns the objects of a file, and the findings of validating them offline.
func objects(t *testing.T, text string) ([]Object, []check.Finding) {
	t.Helper()
	checker, err := check.New(validation.Options{})
	require.NoError(t, err)
	parsed, parseErrs := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
	require.Empty(t, parseErrs)
	var out []Object
	var findings []check.Finding
	for _, o := range parsed {
		result := checker.Check(o)
		require.False(t, result.Rejected(), result.Findings)
		out = append(out, Object{o, result.Defaulted})
		findings = append(findings, result.Findings...)
	}
	return out, findings
}

const head = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: a}\n"

// object returns an object with the fields of spec.ollama.
func object(ollama string) string {
	return head + `spec: {ollama: {imageTag: "1", ` + ollama + "}}\n"
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ollama string
		asked  []string
		want   []string
	}{
		"all there": {
			`models: ["llama3.2:3b"]`, []string{"https://registry.ollama.ai/v2/library/llama3.2/manifests/3b"}, nil,
		},
		"not there": {
			`models: ["llama3.2:3b", "llama3:99b"]`,
			[]string{"https://registry.ollama.ai/v2/library/llama3.2/manifests/3b", "https://registry.ollama.ai/v2/library/llama3/manifests/99b"},
			[]string{`error FieldValueNotFound spec.ollama.models[1]: Not found: "llama3:99b": registry.ollama.ai has no such model or tag`},
		},
		"mirror without TLS": {
			`models: ["llama3.2:3b", "llama3:99b", "hf.co/user/repo:Q4_K_M"], source: {mirror: "mirror:5000", insecureRegistries: ["mirror:5000"]}`,
			[]string{"http://mirror:5000/v2/library/llama3.2/manifests/3b", "http://mirror:5000/v2/library/llama3/manifests/99b", "https://hf.co/v2/user/repo/manifests/Q4_K_M"},
			[]string{`error FieldValueNotFound spec.ollama.models[1]: Not found: "llama3:99b": the mirror has no "mirror:5000/library/llama3:99b"`},
		},
		"cloud": {
			`models: ["gpt-oss:120b-cloud", "other:cloud", "small:latest"]`, []string{"https://registry.ollama.ai/v2/library/small/manifests/latest"}, nil,
		},
		"local": {`models: ["small:local"]`, []string{"https://registry.ollama.ai/v2/library/small/manifests/latest"}, nil},
		"denied": {
			`models: ["private:1b"]`,
			[]string{"https://registry.ollama.ai/v2/library/private/manifests/1b"},
			[]string{"error RegistryError spec.ollama.models[0]: registry.ollama.ai denies access to the model (401): it is private, or does not exist; Ollama has no passwords, so register the public key of its pods there"},
		},
		"denied, with a key": {
			`models: ["private:1b"], identitySecretRef: {name: b}`, nil,
			[]string{"warning RegistryError spec.ollama.models[0]: registry.ollama.ai denies access to the model (401): it is private, or does not exist; Ollama has no passwords, so register the public key of its pods there; ignore this if it is that of ollama.identitySecretRef, which is not used here"},
		},
		"not there, with images": {
			`models: ["llama3:99b", "llama3.2:3b"], modelImages: [{reference: "a:1"}], resources: {requests: {storage: 1Gi}, limits: {memory: 80Gi}}`, nil,
			[]string{`warning FieldValueNotFound spec.ollama.models[0]: Not found: "llama3:99b": registry.ollama.ai has no such model or tag; ignore this if one of ollama.modelImages has the model`},
		},
		"enough storage": {`models: ["llama3.2:3b", "small:latest"], resources: {limits: {memory: 8Gi}, requests: {storage: 2560Mi}}`, nil, nil},
		"too little storage": {
			`models: ["llama3.2:3b", "small:latest"], resources: {limits: {memory: 8Gi}, requests: {storage: 2Gi}}`, nil,
			[]string{`error FieldValueInvalid spec.ollama.resources.requests.storage: Invalid value: "2Gi": is less than the 2560Mi of the models; the file system needs some space, too`},
		},
		"too little storage in the limits": {
			`models: ["llama3.2:3b"], resources: {limits: {memory: 8Gi, storage: 1Gi}}`, nil,
			[]string{`error FieldValueInvalid spec.ollama.resources.limits.storage: Invalid value: "1Gi": is less than the 2Gi of the models; the file system needs some space, too`},
		},
		"layers that models share": {
			`models: ["llama3.2:3b", "registry.example.com/library/llama3.2:3b"], resources: {limits: {memory: 8Gi}, requests: {storage: 2Gi}}`, nil, nil,
		},
		"an existing claim": {`models: ["llama3.2:3b"], storage: {existingClaim: b}, resources: {limits: {memory: 8Gi}}`, nil, nil},
		"less weights than the name says": {
			`models: ["small:latest", "user/repo:Q4_K_M"], resources: {limits: {memory: 2Gi}}`, nil, nil,
		},
		"more weights than the name says": {
			`models: ["llama3.1:8b"], resources: {limits: {memory: 6Gi}}`, nil,
			[]string{"warning Warning spec.ollama.resources.limits.memory: 6Gi is less than the 7Gi that llama3.1:8b needs; Ollama will fail to load it, or be killed"},
		},
		"an estimate where the registry does not tell": {
			`models: ["private:70b"], resources: {limits: {memory: 6Gi}}`, nil,
			[]string{
				`error FieldValueNotFound spec.ollama.models[0]: Not found: "private:70b": registry.ollama.ai has no such model or tag`,
				"warning Warning spec.ollama.resources.limits.memory: 6Gi is less than the 49Gi that private:70b needs; Ollama will fail to load it, or be killed",
			},
		},
		"devices": {`models: ["llama3.1:8b"], resources: {limits: {memory: 1Gi, nvidia.com/gpu: 1}}`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registries := newDouble()
			all, findings := objects(t, object(tc.ollama))
			findings = slices.DeleteFunc(findings, func(f check.Finding) bool { return f.Path != validation.MemoryLimitPath })
			var got []string
			for _, f := range Check(t.Context(), &http.Client{Transport: registries}, all, findings) {
				assert.Equal(t, 4, f.Line)
				got = append(got, fmt.Sprintf("%s %s %s", f.Level, f.Rule, f.Text()))
			}
			assert.Equal(t, tc.want, got)
			if tc.asked != nil {
				assert.ElementsMatch(t, tc.asked, registries.asked)
			}
		})
	}
}

// What the name says is replaced by what the registry says.
func TestCheckReplacesEstimates(t *testing.T) {
	t.Parallel()
	registries := newDouble()
	registries.Add("tiny:70b", small)
	all, findings := objects(t, object(`models: ["tiny:70b"], resources: {limits: {memory: 8Gi}}`))
	require.Len(t, findings, 1)
	assert.Contains(t, findings[0].Message, "8Gi is less than the 49Gi that tiny:70b needs")
	assert.Empty(t, Check(t.Context(), &http.Client{Transport: registries}, all, findings))
	assert.Len(t, findings, 1, "the caller's are unchanged")
}

// Each model is asked for once, whatever the number of objects, and at most eight requests run at a time.
func TestCheckAsksOnce(t *testing.T) {
	t.Parallel()
	const copies, distinct = 500, 40
	registries := newDouble()
	registries.together = make(chan struct{})
	models := make([]string, 0, distinct)
	for i := range distinct {
		models = append(models, fmt.Sprintf("%q", fmt.Sprintf("a%d:1b", i)))
	}
	// The first is asked for alone; the others come in pairs, or the test hangs.
	go func() { <-registries.together; <-registries.together }()
	one := object("models: [" + strings.Join(models, ", ") + "]")
	all, _ := objects(t, one)
	same := slices.Repeat(all, copies)
	findings := Check(t.Context(), &http.Client{Transport: registries}, same, nil)
	assert.Len(t, findings, copies*distinct)
	assert.Len(t, registries.asked, distinct)
	assert.Greater(t, registries.most, 1)
	assert.LessOrEqual(t, registries.most, maxRequests)
}

// A registry that cannot be reached is asked once, and each of its models has the error.
func TestCheckOfRegistryThatIsAway(t *testing.T) {
	t.Parallel()
	registries := newDouble()
	all, _ := objects(t, object(`models: ["away/user/a:1b", "away/user/b:1b", "AWAY/user/c:1b", "small:latest", "llama3.2:3b"]`))
	var got []string
	for _, f := range Check(t.Context(), &http.Client{Transport: registries}, all, nil) {
		got = append(got, f.Text())
	}
	assert.Equal(t, []string{
		"spec.ollama.models[0]: away cannot be reached: http: Server closed",
		"spec.ollama.models[1]: away cannot be reached: http: Server closed",
		"spec.ollama.models[2]: away cannot be reached: http: Server closed",
	}, got)
	assert.Len(t, registries.asked, 3)
}
