// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	got, err := replace("a:\n- expression: w ||\n    x || LACKS_DEFAULTS\n  name: y\n", "p ||\nq")
	require.NoError(t, err)
	assert.Equal(t, "a:\n- expression: |-\n    w || x ||\n    p ||\n    q\n  name: y\n", got)
	for name, text := range map[string]string{
		"no placeholder":              "expression: x\n",
		"two placeholders":            "expression: LACKS_DEFAULTS\nexpression: LACKS_DEFAULTS\n",
		"placeholder within a line":   "expression: LACKS_DEFAULTS || x\n",
		"placeholder without its key": "name: LACKS_DEFAULTS\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := replace(text, "p")
			assert.ErrorContains(t, err, "LACKS_DEFAULTS")
		})
	}
}
