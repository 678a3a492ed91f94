// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func digestOf(text string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }

func TestParseManifest(t *testing.T) {
	t.Parallel()
	a, b := descriptor{digestOf("a"), 1}, descriptor{digestOf("b"), 2}
	asJSON := func(d descriptor) string { return fmt.Sprintf(`{"digest":%q,"size":%d}`, d.Digest, d.Size) }
	hex := strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		manifest string
		want     []descriptor
		err      string
	}{
		"layers and configuration":       {`{"config":` + asJSON(a) + `,"layers":[` + asJSON(b) + `]}`, []descriptor{b, a}, ""},
		"layers that are the same":       {`{"layers":[` + asJSON(a) + `,` + asJSON(b) + `,` + asJSON(a) + `]}`, []descriptor{a, b}, ""},
		"a layer that is configuration":  {`{"config":` + asJSON(a) + `,"layers":[` + asJSON(a) + `]}`, []descriptor{a}, ""},
		"no layers":                      {`{"config":` + asJSON(a) + `}`, []descriptor{a}, ""},
		"no configuration":               {`{"config":{"digest":""},"layers":[` + asJSON(a) + `]}`, []descriptor{a}, ""},
		"fields that are not known":      {`{"x":1,"layers":[{"from":"y","digest":"` + a.Digest + `","size":1}]}`, []descriptor{a}, ""},
		"nothing":                        {``, nil, "is not a manifest: unexpected end of JSON input"},
		"an empty object":                {`{}`, nil, "is not a manifest: it names no layers"},
		"null":                           {`null`, nil, "is not a manifest: it names no layers"},
		"a list":                         {`[]`, nil, "is not a manifest: json: cannot unmarshal array into Go value of type pack.manifest"},
		"more than one object":           {`{"layers":[` + asJSON(a) + `]}{}`, nil, "is not a manifest: invalid character '{' after top-level value"},
		"a layer without a digest":       {`{"layers":[{}]}`, nil, `layers[0].digest: "" must be "sha256:" and 64 hexadecimal digits in lower case`},
		"another algorithm":              {`{"layers":[{"digest":"md5:` + hex + `"}]}`, nil, `layers[0].digest: "md5:` + hex + `" must be "sha256:" and 64 hexadecimal digits in lower case`},
		"a digest in upper case":         {`{"config":{"digest":"sha256:` + hex[1:] + `A"}}`, nil, `config.digest: "sha256:` + hex[1:] + `A" must be "sha256:" and 64 hexadecimal digits in lower case`},
		"a digest with a line break":     {`{"config":{"digest":"sha256:` + hex + `\n"}}`, nil, `config.digest: "sha256:` + hex + `\n" must be "sha256:" and 64 hexadecimal digits in lower case`},
		"a path after a digest":          {`{"config":{"digest":"sha256:` + hex + `/../x"}}`, nil, `config.digest: "sha256:` + hex + `/../x" must be "sha256:" and 64 hexadecimal digits in lower case`},
		"the separator of a file's name": {`{"config":{"digest":"sha256-` + hex + `"}}`, nil, `config.digest: "sha256-` + hex + `" must be "sha256:" and 64 hexadecimal digits in lower case`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseManifest([]byte(c.manifest))
			assert.Equal(t, c.want, got)
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.err)
			}
		})
	}
}

// Whatever a manifest has, the files that it names are blobs of the folder, each once.
func FuzzParseManifest(f *testing.F) {
	digest := digestOf("a")
	for _, seed := range []string{
		`{"config":{"digest":"` + digest + `","size":1},"layers":[{"digest":"` + digest + `"}]}`,
		`{"layers":[{"digest":"sha256:../../x"}]}`, `{"layers":null}`, `[`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		blobs, err := parseManifest(data)
		assert.Equal(t, err == nil, len(blobs) > 0)
		seen := map[string]bool{}
		for _, blob := range blobs {
			assert.True(t, fs.ValidPath(blob.file()))
			assert.Regexp(t, `\Ablobs/sha256-[0-9a-f]{64}\z`, blob.file())
			assert.False(t, seen[blob.Digest])
			seen[blob.Digest] = true
		}
	})
}
