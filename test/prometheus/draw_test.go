// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The picture has what the queries return, and is the same each time.
func TestDraw(t *testing.T) {
	t.Parallel()
	view := &View{
		Variables: map[string]string{"job": "j", "namespace": "n", "name": "a"},
		Start:     time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Second, ScrapeInterval: time.Second,
	}
	data := &Storage{}
	add := func(name string, value func(second int64) float64, more ...string) {
		metric := labels.FromStrings(append([]string{labels.MetricName, name, "job", "j"}, more...)...)
		for second := range int64(61) {
			data.Append(metric, 1000*second, value(second))
		}
	}
	object := []string{"namespace", "n", "name", "a"}
	one := func(int64) float64 { return 1 }
	add("llm_operator_ollamadeployment_status_phase", one, append(object, "phase", "Pending")...)
	add("llm_operator_ollamadeployment_status_condition", func(second int64) float64 { return float64(second / 30) }, append(object, "condition", "Ready", "status", "true")...)
	add("llm_operator_ollamadeployment_status_condition", func(int64) float64 { return 0 }, append(object, "condition", "Ready", "status", "unknown")...)
	add("llm_operator_admission_refused_total", one, "field", "spec.a<b", "reason", "Invalid", "dry_run", "false")
	add("llm_operator_model_pulled_bytes_total", func(second int64) float64 { return 5e6 * float64(second) })
	add("llm_operator_serving_certificate_expiry_timestamp_seconds", func(int64) float64 { return 60 + 30*86400 }, "pod", "p")
	d := dashboard(t)
	first, err := Draw(t.Context(), d, view, data)
	require.NoError(t, err)
	again, err := Draw(t.Context(), d, view, data)
	require.NoError(t, err)
	assert.Equal(t, string(first), string(again))

	texts := textsOf(t, string(first))
	for _, panel := range d.Panels {
		title, err := Expand(panel.Title, view.Variables)
		require.NoError(t, err)
		assert.Contains(t, texts, title)
	}
	for _, text := range []string{"Pending", "Ready", "true", "false", "spec.a<b", "6 MB/s", "30 days", "One object: n/a"} {
		assert.Contains(t, texts, text)
	}
	delete(view.Variables, "name")
	_, err = Draw(t.Context(), d, view, data)
	require.ErrorContains(t, err, "$name has no value")
}

// textsOf returns the texts of a picture.
func textsOf(t *testing.T, picture string) (texts []string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		require.NoError(t, err)
		if text, ok := token.(xml.CharData); ok {
			texts = append(texts, string(text))
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		unit  string
		value float64
		want  string
	}{
		"count":             {"short", 12, "12"},
		"large count":       {"short", 1234, "1.23 K"},
		"part":              {"short", 0.25, "0.25"},
		"nothing":           {"s", 0, "0"},
		"milliseconds":      {"s", 0.0025, "2.5 ms"},
		"days":              {"s", 90 * 86400, "90 days"},
		"memory":            {"bytes", 64 << 20, "64 MiB"},
		"download":          {"Bps", 2.5e9, "2.5 GB/s"},
		"rate":              {"reqps", 1.5, "1.5 req/s"},
		"quotient of zeros": {"s", math.NaN(), "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, format(tc.unit, tc.value))
		})
	}
}
