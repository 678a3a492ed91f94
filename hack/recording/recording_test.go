// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/golden"
)

func TestSchedule(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", columns)
	for name, tc := range map[string]struct {
		lines []line
		want  []row
	}{
		"nothing printed": {},
		"lines at once are printed one after the other": {
			lines: []line{{0, "a"}, {0, "b"}},
			want:  []row{{minPause, output, "a"}, {2 * minPause, output, "b"}},
		},
		"long pauses are cut": {
			lines: []line{{time.Hour, "a"}, {2 * time.Hour, "b"}},
			want:  []row{{maxPause, output, "a"}, {2 * maxPause, output, "b"}},
		},
		"time to read before a step": {
			lines: []line{{0, "== One"}, {0, "== Two"}},
			want:  []row{{minPause, step, "== One"}, {minPause + stepPause, step, "== Two"}},
		},
		"output follows a command after a moment": {
			lines: []line{{0, "$ ls"}, {0, "a"}},
			want:  []row{{minPause, command, "$ ls"}, {2*minPause + maxPause/2, output, "a"}},
		},
		"long lines are wrapped after a space": {
			lines: []line{{0, "$ " + long}},
			want:  []row{{minPause, command, "$ "}, {minPause, command, long}},
		},
		"long words are split": {
			lines: []line{{0, long + "yy"}},
			want:  []row{{minPause, output, long}, {minPause, output, "yy"}},
		},
		"the directory is not published": {
			lines: []line{{0, "export PATH=/src/bin"}},
			want:  []row{{minPause, output, "export PATH=~/bin"}},
		},
		"control characters and tabs": {
			lines: []line{{0, "\ta\x1b[1mb\xff\x00"}},
			want:  []row{{minPause, output, "    a[1mb\uFFFD"}},
		},
		"an empty line is a row": {
			lines: []line{{0, ""}},
			want:  []row{{minPause, output, ""}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, schedule(tc.lines, "/src"))
		})
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][]row{
		"empty": nil,
		"tour": {
			{time.Second, step, "== A <step> & more"},
			{2 * time.Second, command, "$ kubectl get pods"},
			{2 * time.Second, command, "  --all-namespaces"},
			{3 * time.Second, output, ""},
			{4 * time.Second, output, `"quoted"   spaces`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svg := draw("A <tour>", rows)
			golden.Equal(t, filepath.Join("testdata", name+".svg"), svg)
			wellFormed(t, svg)
		})
	}
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add("== step\n$ command\n\x1b[31m<&>\"'\n")
	f.Fuzz(func(t *testing.T, text string) {
		var lines []line
		for i, l := range strings.Split(text, "\n") {
			lines = append(lines, line{time.Duration(i) * time.Second, l})
		}
		wellFormed(t, draw("A tour", schedule(lines, "/src")))
	})
}

func TestRecord(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	lines, err := record([]string{"sh", "-c", "echo one; echo two >&2"}, &out)
	require.NoError(t, err)
	require.Len(t, lines, 2)
	assert.Equal(t, "one", lines[0].text)
	assert.Equal(t, "two", lines[1].text)
	assert.Equal(t, "one\ntwo\n", out.String())

	_, err = record([]string{"sh", "-c", "echo one; exit 3"}, io.Discard)
	require.ErrorContains(t, err, "exit status 3")
	_, err = record([]string{"sh", "-c", "head -c 2000000 /dev/zero"}, io.Discard)
	require.ErrorContains(t, err, "token too long")
}
