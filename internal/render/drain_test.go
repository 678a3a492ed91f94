// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Connections to port 11434 as in /proc/net/tcp and /proc/net/tcp6.
const (
	fromElsewhere  = "   1: 0A00580A:2CAA 0B00580A:C35C 01 00000000:00000000 00:00000000 00000000     0        0 7 1"
	fromLoopback   = "   1: 0100007F:2CAA 0100007F:C35C 01 00000000:00000000 00:00000000 00000000     0        0 7 1"
	listening      = "   0: 00000000:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1"
	toElsewhere    = "   1: 0A00580A:C35C 0B00580A:2CAA 01 00000000:00000000 00:00000000 00000000     0        0 7 1"
	fromElsewhere6 = "   1: 0000000000000000FFFF00000A00580A:2CAA 0000000000000000FFFF00000B00580A:C35C 01 00000000:00000000"
	fromNeighbor6  = "   1: 000080FE000000000000000002000000:2CAA 000080FE000000000000000001000000:C35C 01 00000000:00000000"
	fromSelf6      = "   1: 00000000000000000000000001000000:2CAA 00000000000000000000000001000000:C35C 01 00000000:00000000"
	fromLoopback6  = "   1: 0000000000000000FFFF00000100007F:2CAA 0000000000000000FFFF00000100007F:C35C 01 00000000:00000000"
)

// fakeSleep advances the clock of a fake machine by its argument, on which a process works and a network
// interface sends until the time UNTIL.
const fakeSleep = `#!/bin/sh
now=$(($(cat "$FAKE/clock") + $1))
echo "$now" >"$FAKE/clock"
[ "$now" -le "$UNTIL" ] || now=$UNTIL
echo "1 (a) b) S 0 1 1 0 -1 4194560 1 2 3 4 $((now * TICKS)) 0 0 0 20" >"$FAKE/proc/1/stat"
{
    echo "Inter-|   Receive                |  Transmit"
    echo " face |bytes packets|bytes packets"
    echo "    lo: 999 9 0 0 0 0 0 0 $((now * 9999)) 9 0 0 0 0 0 0"
    echo "  eth0: 100 1 0 0 0 0 0 0 $((now * BYTES)) 1 0 0 0 0 0 0"
} >"$FAKE/proc/net/dev"
`

const fakeDate = `#!/bin/sh
cat "$FAKE/clock"
`

// The end of a pod is delayed by 5 seconds, and by up to 25 while it responds to requests.
func TestDrain(t *testing.T) {
	t.Parallel()
	const most = 1000
	for name, tc := range map[string]struct {
		tcp, tcp6 string
		// ticks and bytes are the CPU time and the traffic of a second, until a time.
		ticks, bytes, until int
		// ends is the time at which the script ends.
		ends int
	}{
		"ends without connections":                    {tcp: listening, ticks: 50, bytes: 4000, until: most, ends: 5},
		"ends with connections of its own":            {tcp: toElsewhere, tcp6: fromLoopback6, ticks: 50, bytes: 4000, until: most, ends: 5},
		"ends with a connection from loopback":        {tcp: fromLoopback, ticks: 50, bytes: 4000, until: most, ends: 5},
		"ends with a connection from IPv6 loopback":   {tcp6: fromSelf6, ticks: 50, bytes: 4000, until: most, ends: 5},
		"ends with a connection that is not used":     {tcp: fromElsewhere, tcp6: fromElsewhere6, until: most, ends: 6},
		"ends with a connection that is only probed":  {tcp: fromElsewhere, ticks: 1, bytes: 100, until: most, ends: 6},
		"waits while the server works for a client":   {tcp6: fromElsewhere6, ticks: 50, until: 12, ends: 13},
		"waits while the server sends":                {tcp: fromElsewhere, bytes: 4000, until: 9, ends: 10},
		"waits for a client with an address like ::1": {tcp6: fromNeighbor6, ticks: 50, until: 12, ends: 13},
		"ends before the grace period":                {tcp: fromElsewhere, ticks: 50, until: most, ends: 25},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			dir := t.TempDir()
			const header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
			for file, text := range map[string]string{
				"clock": "0\n", "bin/sleep": fakeSleep, "bin/date": fakeDate,
				"proc/net/tcp": header + tc.tcp + "\n", "proc/net/tcp6": header + tc.tcp6 + "\n", "proc/1/comm": "a) b\n",
			} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o700)) //nolint:gosec // some are programs
			}
			drain := shellCommand(t.Context(), shell, "scripts/drain.sh")
			drain.Env = []string{
				"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "FAKE=" + dir, "OLLAMA_PROC=" + filepath.Join(dir, "proc"), "PULL_STATE=" + dir,
				"TICKS=" + strconv.Itoa(tc.ticks), "BYTES=" + strconv.Itoa(tc.bytes), "UNTIL=" + strconv.Itoa(tc.until),
			}
			out, err := drain.CombinedOutput()
			require.NoError(t, err, string(out))
			assert.Empty(t, string(out))
			clock, err := os.ReadFile(filepath.Join(dir, "clock"))
			require.NoError(t, err)
			assert.Equal(t, strconv.Itoa(tc.ends), strings.TrimSpace(string(clock)))
		})
	}
}
