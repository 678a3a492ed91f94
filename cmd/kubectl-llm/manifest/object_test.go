// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nestedLists returns a file with an object in that many nested Lists.
func nestedLists(depth int) File {
	text := strings.Repeat("{kind: List, items: [", depth) + "{kind: A}" + strings.Repeat("]}", depth)
	return File{"a.yaml", []byte(text)}
}

func TestNestedLists(t *testing.T) {
	t.Parallel()
	objects, parseErrs := Parse(nestedLists(maxDepth))
	assert.Empty(t, parseErrs)
	require.Len(t, objects, 1)
	assert.Equal(t, "A", objects[0].Kind)

	for _, depth := range []int{maxDepth + 1, 4000} {
		objects, parseErrs = Parse(nestedLists(depth))
		assert.Empty(t, objects)
		require.Len(t, parseErrs, 1)
		assert.Equal(t, "a.yaml:1:211: Lists are nested too deeply", parseErrs[0].Error())
	}
}

func TestEmptyListHasNoObjects(t *testing.T) {
	t.Parallel()
	objects, parseErrs := Parse(File{"a.yaml", []byte("kind: List\nitems: []\n")})
	assert.Empty(t, parseErrs)
	assert.Empty(t, objects)
}
