// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The sizes in whatever a registry answers are not negative, and do not overflow.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		`{"config":{"digest":"sha256:1","size":1},"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:2","size":2}]}`,
		`{"layers":[{"size":-1}]}`, `{"layers":[{"size":9223372036854775807},{"size":9223372036854775807}]}`,
		`{"layers":[{"digest":"a","size":3},{"digest":"a","size":1}]}`, `{"layers":null}`, `[`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		manifest, err := parse(data)
		if err != nil {
			require.ErrorIs(t, err, ErrNoManifest)
			assert.Empty(t, manifest)
			return
		}
		sum := int64(0)
		for _, size := range manifest.Blobs {
			assert.GreaterOrEqual(t, size, int64(0))
			sum += size
		}
		assert.LessOrEqual(t, sum, int64(maxModel))
		assert.GreaterOrEqual(t, manifest.Weights, int64(0))
		assert.LessOrEqual(t, manifest.Weights, int64(maxModel))
	})
}
