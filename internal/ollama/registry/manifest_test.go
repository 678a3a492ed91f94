// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGet(t *testing.T) {
	t.Parallel()
	const model, projector, license = "application/vnd.ollama.image.model", "application/vnd.ollama.image.projector", "application/vnd.ollama.image.license"
	config := `"config": {"digest": "sha256:c", "size": 500}`
	for name, tc := range map[string]struct {
		answer answer
		want   Manifest
		err    string
	}{
		"model": {
			answer{status: 200, body: `{` + config + `, "layers": [{"mediaType": "` + model + `", "digest": "sha256:a", "size": 2000}, {"mediaType": "` + license + `", "digest": "sha256:b", "size": 10}]}`},
			Manifest{map[string]int64{"sha256:a": 2000, "sha256:b": 10, "sha256:c": 500}, 2000},
			"",
		},
		"projector": {
			answer{status: 200, body: `{"layers": [{"mediaType": "` + model + `", "digest": "sha256:a", "size": 2000}, {"mediaType": "` + projector + `", "digest": "sha256:b", "size": 10}]}`},
			Manifest{map[string]int64{"sha256:a": 2000, "sha256:b": 10, "": 0}, 2010},
			"",
		},
		"the same layer twice": {
			answer{status: 200, body: `{` + config + `, "layers": [{"digest": "sha256:a", "size": 7}, {"digest": "sha256:a", "size": 7}]}`},
			Manifest{map[string]int64{"sha256:a": 7, "sha256:c": 500}, 0},
			"",
		},
		"list of images":   {answer{status: 200, body: `{"manifests": []}`}, Manifest{}, "none of a model"},
		"page of a portal": {answer{status: 200, body: "<html>"}, Manifest{}, "none of a model"},
		"negative size":    {answer{status: 200, body: `{"layers": [{"size": -1}]}`}, Manifest{}, "none of a model"},
		"too large a sum":  {answer{status: 200, body: `{"layers": [{"size": 1125899906842624}, {"size": 1}]}`}, Manifest{}, "none of a model"},
		"too large a text": {answer{status: 200, body: strings.Repeat(" ", maxManifest) + "{}"}, Manifest{}, "more than 4194304 bytes"},
		"denied":           {answer{status: 401}, Manifest{}, "401 Unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Get(t.Context(), &http.Client{Transport: &tc.answer}, "example.com/user/model:tag", true)
			assert.Equal(t, "http://example.com/v2/user/model/manifests/tag", tc.answer.asked.URL.String())
			assert.Equal(t, tc.want, got)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
		})
	}
}
