package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nestedLists is an object in so many Lists.
func nestedLists(depth int) File {
	text := strings.Repeat("{kind: List, items: [", depth) + "{kind: A}" + strings.Repeat("]}", depth)
	return File{"a.yaml", []byte(text)}
}

func TestNestedLists(t *testing.T) {
	t.Parallel()
	objects, unreadable := Parse(nestedLists(maxDepth))
	assert.Empty(t, unreadable)
	require.Len(t, objects, 1)
	assert.Equal(t, "A", objects[0].Kind)

	for _, depth := range []int{maxDepth + 1, 4000} {
		objects, unreadable = Parse(nestedLists(depth))
		assert.Empty(t, objects)
		require.Len(t, unreadable, 1)
		assert.Equal(t, "a.yaml:1:211: Lists are nested too deeply", unreadable[0].Error())
	}
}

func TestEmptyListHasNoObjects(t *testing.T) {
	t.Parallel()
	objects, unreadable := Parse(File{"a.yaml", []byte("kind: List\nitems: []\n")})
	assert.Empty(t, unreadable)
	assert.Empty(t, objects)
}
