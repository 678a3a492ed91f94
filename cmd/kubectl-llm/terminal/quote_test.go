package terminal

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, plain, lines string }{
		"what is seen":      {"é 漢字 \u00a0🦙", "é 漢字 \u00a0🦙", "é 漢字 \u00a0🦙"},
		"escapes":           {"\x1b[31mred\x07", `\x1b[31mred\a`, `\x1b[31mred\a`},
		"line breaks":       {"a\nb\r\nc\u0085d\u2028e\u2029f\tg\vh\fi", "a b  c d e f g h i", "a\nb \nc d e f\tg h i"},
		"C1":                {"\u009b31m\u0090\u007f", `\u009b31m\u0090\x7f`, `\u009b31m\u0090\x7f`},
		"direction":         {"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c", `\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c`, `\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c`},
		"nothing is seen":   {"\u200b\u200d\ufeff\u00ad\U000e0041\ue000", `\u200b\u200d\ufeff\u00ad\U000e0041\ue000`, `\u200b\u200d\ufeff\u00ad\U000e0041\ue000`},
		"no UTF-8":          {"a\x9b\xff", "a\ufffd\ufffd", "a\ufffd\ufffd"},
		"what is quoted":    {`"\u202e"`, `"\u202e"`, `"\u202e"`},
		"nothing":           {"", "", ""},
		"ends with a break": {"a\n", "a ", "a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.plain, Plain(tc.text))
			assert.Equal(t, tc.plain, Plain(Plain(tc.text)), "once is enough")
			assert.Equal(t, tc.lines, Lines(tc.text))
		})
	}
}

// JSON and YAML say the same, and no terminal obeys them.
func TestEncodings(t *testing.T) {
	t.Parallel()
	want := map[string]any{"a\u202e": "\x1b[1m\u202e\u009b\u007f\U000e0041\u2028 'é\"\\ \n x", "b": []any{"plain", "\u2066# no comment: x"}, "c": "\u200b"}
	asJSON, err := json.MarshalIndent(want, "", "  ")
	require.NoError(t, err)
	asYAML, err := YAML(asJSON)
	require.NoError(t, err)
	var fromJSON, fromYAML map[string]any
	require.NoError(t, json.Unmarshal(JSON(asJSON), &fromJSON))
	require.NoError(t, yaml.Unmarshal(asYAML, &fromYAML))
	assert.Equal(t, want, fromJSON)
	assert.Equal(t, want, fromYAML)
	for _, text := range []string{string(JSON(asJSON)), string(asYAML)} {
		assert.Equal(t, Lines(text), text)
	}
	plain, err := YAML([]byte(`{"b": {"c": ["é"]}, "a": 1}`))
	require.NoError(t, err)
	assert.Equal(t, "a: 1\nb:\n  c:\n  - é\n", string(plain))
}
