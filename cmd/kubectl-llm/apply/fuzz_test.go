// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Applying a manifest to what applying it has made of whatever was stored changes nothing.
func FuzzMerge(f *testing.F) {
	const annotated = `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"a\":1,\"b\":{\"c\":2}}}"}},"spec":{"a":1,"b":{"c":2,"d":3},"e":[1]}}`
	for _, manifest := range []string{`{}`, `{"spec":{"a":2}}`, `{"spec":{"b":null}}`, `{"spec":{"e":[{"x":null}]}}`, `{"metadata":{"annotations":null}}`, `null`, `[]`, `{"spec":"x"}`} {
		f.Add([]byte(manifest), []byte(annotated))
		f.Add([]byte(annotated), []byte(manifest))
	}
	f.Fuzz(func(t *testing.T, manifest, stored []byte) {
		merged, err := Merge(manifest, stored)
		if err != nil {
			return
		}
		require.True(t, json.Valid(merged))
		again, err := Merge(manifest, merged)
		require.NoError(t, err)
		assert.JSONEq(t, string(merged), string(again))
	})
}
