// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama/client"
)

func TestList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		models, err := f.List(t.Context())
		require.NoError(t, err)
		assert.Empty(t, models)

		f.registry.Add("llama3.2:3b", 2e9)
		f.registry.Add("hf.co/user/Repo:Q4", 3e9)
		require.True(t, f.server.Put("registry.ollama.ai/library/llama3.2:3b"))
		require.True(t, f.server.Put("hf.co/user/Repo:Q4"))
		models, err = f.List(t.Context())
		require.NoError(t, err)
		for i := range models {
			assert.True(t, models[i].ModifiedAt.Equal(time.Now()))
			models[i].ModifiedAt = time.Time{}
		}
		assert.Equal(t, []client.Model{
			{Name: "hf.co/user/Repo:Q4", Digest: f.registry.Digest("hf.co/user/Repo:Q4"), Size: 3e9},
			{Name: "llama3.2:3b", Digest: f.registry.Digest("llama3.2:3b"), Size: 2e9},
		}, models)
	})
}

func TestListOfOddAnswers(t *testing.T) {
	long := strings.Repeat("n", 513)
	digest := strings.Repeat("a", 64)
	for name, test := range map[string]struct {
		body string
		want []client.Model
		err  string
	}{
		"most models":           {`{"models":[{}` + strings.Repeat(",{}", 1_999) + "]}", nil, ""},
		"too many models":       {`{"models":[{}` + strings.Repeat(",{}", 2_000) + "]}", nil, "the answer is not Ollama's: more than 2000 models"},
		"null":                  {`{"models":null}`, nil, ""},
		"other fields":          {`{"x":[{}],"models":[{"name":"a:b","y":1}],"z":2}`, []client.Model{{Name: "a:b"}}, ""},
		"long name":             {`{"models":[{"name":"` + long + `"},{"name":"` + long[1:] + `"}]}`, []client.Model{{Name: long[1:]}}, ""},
		"name without a letter": {`{"models":[{"name":""},{},{"name":"a\nb"}]}`, nil, ""},
		"digest with algorithm": {`{"models":[{"name":"a:b","digest":"sha256:` + digest + `"}]}`, []client.Model{{Name: "a:b", Digest: digest}}, ""},
		"not a digest":          {`{"models":[{"name":"a:b","digest":"` + digest + `a"}]}`, []client.Model{{Name: "a:b"}}, ""},
		"negative size":         {`{"models":[{"name":"a:b","size":-1}]}`, []client.Model{{Name: "a:b"}}, ""},
		"no models":             {`{}`, nil, "the answer is not Ollama's: there is no list of models"},
		"not a list":            {`{"models":{}}`, nil, "the answer is not Ollama's: the models are not a list"},
		"not an object":         {`[]`, nil, `the answer is not Ollama's: "{" is missing`},
		"not a number":          {`{"models":[{"size":"1"}]}`, nil, "the answer is not Ollama's: json: cannot unmarshal string into Go struct field entry.size of type int64"},
		"more than an answer":   {`{"models":[]}{}`, nil, "the answer is not Ollama's: something follows the list"},
		"empty":                 {"", nil, "the answer ended too early"},
		"ends in a model":       {`{"models":[{"name":"a`, nil, "the answer ended too early"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.network.Add(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					_, err := w.Write([]byte(test.body))
					assert.NoError(t, err)
				}))
				models, err := f.List(t.Context())
				assert.Equal(t, test.want, models)
				if test.err == "" {
					require.NoError(t, err)
				} else {
					assert.Equal(t, &client.Error{Reason: client.Protocol, Message: test.err}, err)
				}
			})
		})
	}
}
