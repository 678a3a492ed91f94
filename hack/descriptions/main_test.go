// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// maxSize leaves some of the 262,144 bytes that the annotations of an object may have
// (k8s.io/apimachinery, pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB) to others
// than kubectl's last-applied-configuration, which is the whole definition as compact JSON.
const maxSize = 250_000

func TestDefinitionsFitIntoAnnotation(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../config/crd/bases/*.yaml")
	require.NoError(t, err)
	require.Len(t, files, len(kinds))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			compact, err := yaml.YAMLToJSON(text)
			require.NoError(t, err)
			assert.Less(t, len(compact), maxSize)
		})
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	crd := read(t, `
spec:
  names: {kind: OllamaDeployment}
  versions:
  - schema:
      openAPIV3Schema:
        description: Ours. It stays.
        properties:
          metadata: {description: Standard. It stays.}
          spec:
            description: Ours. It stays.
            properties:
              tabby:
                properties:
                  modelName: {description: Ours. It stays.}
                  ingress:
                    properties:
                      tls:
                        description: Ours. It stays.
                        items:
                          description: IngressTLS. It goes.
                          properties:
                            hosts:
                              description: Hosts. It goes.
                              items: {type: string}
                  volumes:
                    description: Ours. It stays.
                    maxItems: 64
                    items:
                      description: Volume. It goes.
                      required: [name]
                      properties:
                        name: {description: "Name\nof it. It goes.", type: string, maxLength: 63}
                        description: {description: A field of this name. It goes.}
                        projected:
                          properties:
                            sources:
                              description: Level two. It goes.
                              items:
                                description: All of it goes.
                                properties:
                                  secret: {description: All of it goes., type: object}
`)
	require.NoError(t, shorten(crd))
	want := read(t, `
spec:
  names: {kind: OllamaDeployment}
  versions:
  - schema:
      openAPIV3Schema:
        description: Ours. It stays.
        properties:
          metadata: {description: Standard. It stays.}
          spec:
            description: Ours. It stays.
            properties:
              tabby:
                properties:
                  modelName: {description: Ours. It stays.}
                  ingress:
                    properties:
                      tls:
                        description: Ours. It stays.
                        items:
                          description: IngressTLS.
                          properties:
                            hosts:
                              description: Hosts.
                              items: {type: string}
                  volumes:
                    description: Ours. It stays.
                    maxItems: 64
                    items:
                      description: Volume.
                      required: [name]
                      properties:
                        name: {description: Name of it., type: string, maxLength: 63}
                        description: {description: A field of this name.}
                        projected:
                          properties:
                            sources:
                              description: Level two.
                              items:
                                properties:
                                  secret: {type: object}
`)
	assert.Equal(t, want, crd)
}

func TestShortenUnknownKind(t *testing.T) {
	t.Parallel()
	assert.ErrorContains(t, shorten(read(t, `{spec: {names: {kind: Model}}}`)), `"Model"`)
}

func TestFirstSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"one sentence":                    {"Name of the referent.", "Name of the referent."},
		"two sentences":                   {"Name of it.\nCannot be\nupdated.", "Name of it."},
		"a paragraph without a period":    {"\n a list of\n hosts\n\nMore.", "a list of hosts"},
		"abbreviations within a sentence": {"It is one, e.g. 5, 6 etc. or v1.2 of it. More.", "It is one, e.g. 5, 6 etc. or v1.2 of it."},
		"nothing":                         {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, firstSentence(c.text))
		})
	}
}

func read(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &out))
	return out
}
