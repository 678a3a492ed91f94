// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStream(t *testing.T) {
	for name, test := range map[string]struct {
		lines []string
		want  Progress
		last  event
	}{
		"status": {[]string{`{"status":"pulling manifest"}`}, Progress{Status: "pulling manifest"}, event{changed: true}},
		"layer": {
			[]string{`{"status":"pulling 1","digest":"sha256:1","total":100,"completed":10}`},
			Progress{"pulling 1", 10, 100},
			event{changed: true},
		},
		"same line": {
			[]string{`{"status":"p","digest":"1","total":100}`, `{"status":"p","digest":"1","total":100}`},
			Progress{"p", 0, 100},
			event{},
		},
		"a digest counts once": {
			[]string{`{"status":"p","digest":"1","total":100}`, `{"status":"p","digest":"1","total":100,"completed":60}`},
			Progress{"p", 60, 100},
			event{changed: true},
		},
		"total grows with the layers": {
			[]string{`{"status":"p","digest":"1","total":100,"completed":100}`, `{"status":"p","digest":"2","total":50,"completed":5}`},
			Progress{"p", 105, 150},
			event{changed: true},
		},
		"layer ends": {
			[]string{`{"status":"p","digest":"1","total":100,"completed":1}`, `{"status":"p","digest":"1","total":100,"completed":100}`},
			Progress{"p", 100, 100},
			event{changed: true, layerEnded: true},
		},
		"layer ends once": {
			[]string{`{"status":"p","digest":"1","total":100,"completed":100}`, `{"status":"q","digest":"1","total":100,"completed":100}`},
			Progress{"q", 100, 100},
			event{changed: true},
		},
		"part is rolled back": {
			[]string{`{"status":"p","digest":"1","total":100,"completed":60}`, `{"status":"p","digest":"1","total":100,"completed":50}`},
			Progress{"p", 50, 100},
			event{changed: true},
		},
		"success":         {[]string{`{"status":"success"}`}, Progress{Status: "success"}, event{changed: true, done: true}},
		"blank line":      {[]string{" \n"}, Progress{}, event{}},
		"negative":        {[]string{`{"status":"p","digest":"1","total":-1,"completed":-1}`}, Progress{Status: "p"}, event{changed: true, layerEnded: true}},
		"more than total": {[]string{`{"status":"p","digest":"1","total":10,"completed":11}`}, Progress{"p", 10, 10}, event{changed: true, layerEnded: true}},
		"overflow": {
			[]string{`{"status":"p","digest":"1","total":9223372036854775807}`, `{"status":"p","digest":"2","total":9223372036854775807}`},
			Progress{"p", 0, math.MaxInt64},
			event{changed: true},
		},
		"status of several lines": {[]string{`{"status":"a\nb\u001b[1m"}`}, Progress{Status: "a b[1m"}, event{changed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var s stream
			var last event
			for _, line := range test.lines {
				var err error
				last, err = s.next([]byte(line))
				require.NoError(t, err)
			}
			assert.Equal(t, test.want, s.progress)
			assert.Equal(t, test.last, last)
			assert.Equal(t, test.last.done, s.done)
		})
	}
}

func TestStreamRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		want Error
	}{
		"not JSON":    {"x", Error{Protocol, "a line of the answer is not Ollama's: invalid character 'x' looking for beginning of value"}},
		"not a line":  {"[]", Error{Protocol, "a line of the answer is not Ollama's: json: cannot unmarshal array into Go value of type client.streamLine"}},
		"long digest": {`{"digest":"` + strings.Repeat("1", 129) + `"}`, Error{Protocol, "a digest is longer than 128 bytes"}},
		"error":       {`{"error":"pull model manifest: file does not exist"}`, Error{NotFound, "pull model manifest: file does not exist"}},
		"empty error": {`{"error":""}`, Error{Registry, "no message"}},
	} {
		t.Run(name, func(t *testing.T) {
			var s stream
			_, err := s.next([]byte(test.line))
			assert.Equal(t, &test.want, err)
		})
	}
}

func TestStreamBoundsLayers(t *testing.T) {
	var s stream
	for i := range maxLayers + 1 {
		_, err := s.next([]byte(`{"digest":"` + strings.Repeat("1", 1+i/100) + strings.Repeat("2", 1+i%100) + `"}`))
		if i < maxLayers {
			require.NoError(t, err, i)
		} else {
			assert.Equal(t, &Error{Protocol, "the model has more than 1000 layers"}, err)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte("{\"status\":\"pulling manifest\"}\n{\"status\":\"p\",\"digest\":\"1\",\"total\":5,\"completed\":5}\n{\"status\":\"success\"}\n"))
	f.Add([]byte(`{"error":"https://a:b@c/d?e"}`))
	f.Add([]byte("{\"status\":\"p\",\"digest\":\"1\",\"total\":9223372036854775807}\n{\"digest\":\"2\",\"total\":9223372036854775807,\"completed\":-1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s stream
		for _, line := range bytes.Split(data, []byte("\n")) {
			before := s.progress
			e, err := s.next(line)
			if err != nil {
				assert.NotEmpty(t, ReasonOf(err))
				return
			}
			assert.True(t, e.changed || before == s.progress)
			assert.Equal(t, e.done, s.done)
			assert.LessOrEqual(t, s.progress.Completed, s.progress.Total)
			assert.GreaterOrEqual(t, s.progress.Completed, int64(0))
			assert.LessOrEqual(t, len(s.progress.Status), maxStatus)
			if s.done {
				return
			}
		}
	})
}
