// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var suggestion = regexp.MustCompile(`did you mean "([^"]*)"\?$`)

func TestExplainKeepAlive(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"10m", "24h", "1h30m", "1.5h", "300", "0", "0s", "-1", "-1m", "500ms"} {
		assert.Empty(t, explainKeepAlive(value), value)
	}
	for value, want := range map[string]string{
		"forever": "-1", "Infinite": "-1", "7d": "168h", "1 day": "24h", "5 minutes": "5m", "10 MIN": "10m",
		"2 hrs": "2h", "30sec": "30s", "5M": "5m", "1h 30m": "1h30m",
		"9999d": "", "1y": "", "5m!": "", "10000000000": "", "+5m": "", "5m\n": "",
	} {
		message := explainKeepAlive(value)
		assert.Contains(t, message, `"-1" is forever`, value)
		assert.True(t, strings.HasSuffix(message, "forever"+didYouMean(want)), "%s: %s", value, message)
	}
}

// Ollama parses whatever is valid, as envconfig/config.go (KeepAlive) does.
func FuzzKeepAlive(f *testing.F) {
	for _, value := range []string{"-1", "999999999", "99999.999h99999.999h99999.999h99999.999h", "0", "1h30m", "-0", "1d", "٣", "1.h", "forever", "12345d"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		message := explainKeepAlive(value)
		if match := suggestion.FindStringSubmatch(message); match != nil && !strings.Contains(value, `"`) {
			assert.Empty(t, explainKeepAlive(match[1]))
		}
		if message != "" {
			return
		}
		if _, err := time.ParseDuration(value); err == nil {
			return
		}
		seconds, err := strconv.ParseInt(value, 10, 64)
		require.NoError(t, err)
		assert.Equal(t, seconds, int64((time.Duration(seconds) * time.Second).Seconds()), "overflows")
	})
}
