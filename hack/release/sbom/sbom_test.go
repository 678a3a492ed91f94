// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sbom

import (
	"encoding/json"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSPDX(t *testing.T) {
	t.Parallel()
	data, err := SPDX(Subject{
		Name: "a.tar.gz", Version: "v0.1.0", URL: "https://example.com/a.tar.gz", SHA256: "12",
		Created: time.Date(2026, 3, 1, 1, 0, 0, 0, time.FixedZone("", 3600)),
	}, &debug.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "example.com/main", Version: "(devel)"},
		Deps: []*debug.Module{
			{Path: "example.com/b", Version: "v1.2.3+incompatible"},
			{Path: "example.com/c", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/d", Version: "v2.0.0"}},
		},
	})
	require.NoError(t, err)
	var got document
	require.NoError(t, json.Unmarshal(data, &got))
	assert.Equal(t, "https://example.com/a.tar.gz/12", got.DocumentNamespace)
	assert.Equal(t, "2026-03-01T00:00:00Z", got.CreationInfo.Created)
	var names, locators []string
	for _, one := range got.Packages {
		names = append(names, one.Name+" "+one.VersionInfo)
		locators = append(locators, one.ExternalRefs[0].Locator)
	}
	assert.Equal(t, []string{"a.tar.gz v0.1.0", "stdlib 1.26.8", "example.com/b v1.2.3+incompatible", "example.com/d v2.0.0"}, names)
	assert.Equal(t, []string{
		"pkg:golang/example.com/main@v0.1.0", "pkg:golang/stdlib@1.26.8",
		"pkg:golang/example.com/b@v1.2.3%2Bincompatible", "pkg:golang/example.com/d@v2.0.0",
	}, locators)
	assert.Equal(t, []relationship{
		{documentID, "DESCRIBES", subjectID},
		{subjectID, "DEPENDS_ON", "SPDXRef-Module-0"},
		{subjectID, "DEPENDS_ON", "SPDXRef-Module-1"},
		{subjectID, "DEPENDS_ON", "SPDXRef-Module-2"},
	}, got.Relationships)
	assert.NotContains(t, string(data), "(devel)")
}
