// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Splitting takes linear memory, also for documents on one line.
func TestSplitDocumentsOnOneLine(t *testing.T) {
	t.Parallel()
	const count = 200_000
	documents := slices.Collect(Documents(bytes.Repeat([]byte("{}"), count)))
	require.Len(t, documents, count)
	size := 0
	for _, document := range documents {
		size += cap(document.Data)
	}
	assert.LessOrEqual(t, size, 16*count)
	last := documents[count-1]
	assert.Equal(t, Document{Offset: 2 * (count - 1), Column: 2 * (count - 1), Data: []byte("{}"), layout: []byte("{}")}, last)
}
