// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package capabilities

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/version"
)

// A server answers with its version.
type server string

func (s server) ServerVersion() (*version.Info, error) {
	return &version.Info{GitVersion: string(s)}, nil
}

var minor = regexp.MustCompile(`^\s*v?0*([0-9]{1,18})\.0*([0-9]{1,18})`)

// Whatever vendors append to the version, its first two numbers decide.
func FuzzVersion(f *testing.F) {
	for _, text := range []string{"v1.34.9", "v1.34.1-gke.100+abc", "v1.35.0-rc.1", "1.35", "v2.0.0", "main", "", "v1", "v1.35.", "v99999999999.0", "v1.034.0", "v1.35.0.0.0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lacks, err := lacksImageVolumes(server(text))
		match := minor.FindStringSubmatch(text)
		if err != nil || match == nil {
			assert.False(t, err == nil && match == nil, "%q is read as a version", text)
			return
		}
		first, err := strconv.Atoi(match[1])
		require.NoError(t, err)
		second, err := strconv.Atoi(match[2])
		require.NoError(t, err)
		assert.Equal(t, first < 1 || first == 1 && second < 35, lacks, text)
	})
}
