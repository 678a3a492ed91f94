// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

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

func TestDrain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		tcp, tcp6 string
		works     bool
		sends     bool
		waits     bool
	}{
		"ends without connections":                      {tcp: listening, works: true, sends: true},
		"ends with connections of its own":              {tcp: toElsewhere, tcp6: fromLoopback6, works: true, sends: true},
		"ends with a connection from loopback":          {tcp: fromLoopback, works: true, sends: true},
		"ends with a connection from IPv6 loopback":     {tcp6: fromSelf6, works: true, sends: true},
		"waits for a client with an address like ::1":   {tcp6: fromNeighbor6, works: true, waits: true},
		"ends with a connection that is not used":       {tcp: fromElsewhere, tcp6: fromElsewhere6},
		"waits while the server works for a client":     {tcp6: fromElsewhere6, works: true, waits: true},
		"waits while the server sends, without working": {tcp: fromElsewhere, sends: true, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newFakeProc(t, tc.tcp, tc.tcp6)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			drain := exec.CommandContext(ctx, "sh", "scripts/drain.sh")
			drain.Env = []string{"PATH=" + os.Getenv("PATH"), "OLLAMA_PROC=" + p.dir, "OLLAMA_DRAIN_DELAY=0", "OLLAMA_DRAIN_LIMIT=3"}
			drain.Stderr = os.Stderr
			began := time.Now()
			require.NoError(t, drain.Start())
			ended := make(chan error, 1)
			go func() { ended <- drain.Wait() }()
			for tick := time.NewTicker(50 * time.Millisecond); ; <-tick.C {
				select {
				case err := <-ended:
					tick.Stop()
					require.NoError(t, err)
					assert.Equal(t, tc.waits, time.Since(began) > 1500*time.Millisecond, "ended after %s", time.Since(began))
					return
				default:
					p.goOn(t, tc.works, tc.sends)
				}
			}
		})
	}
}

// A fakeProc is a folder like /proc with one process and one network interface.
type fakeProc struct {
	dir          string
	ticks, bytes int
}

func newFakeProc(t *testing.T, tcp, tcp6 string) *fakeProc {
	t.Helper()
	p := &fakeProc{dir: t.TempDir()}
	require.NoError(t, os.MkdirAll(filepath.Join(p.dir, "net"), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(p.dir, "1"), 0o700))
	const header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	p.write(t, "net/tcp", header+tcp+"\n")
	p.write(t, "net/tcp6", header+tcp6+"\n")
	p.goOn(t, false, false)
	return p
}

// goOn lets the process work and send.
func (p *fakeProc) goOn(t *testing.T, works, sends bool) {
	t.Helper()
	if works {
		p.ticks += 5
	}
	if sends {
		p.bytes += 4000
	}
	p.write(t, "1/stat", fmt.Sprintf("1 (a) b) S 0 1 1 0 -1 4194560 1 2 3 4 %d %d 0 0 20 0 9 0 1\n", p.ticks, p.ticks))
	p.write(t, "net/dev", "Inter-|   Receive                |  Transmit\n face |bytes packets|bytes packets\n"+
		"    lo: 999 9 0 0 0 0 0 0 "+strconv.Itoa(p.bytes*2)+" 9 0 0 0 0 0 0\n"+
		"  eth0: 100 1 0 0 0 0 0 0 "+strconv.Itoa(p.bytes)+" 1 0 0 0 0 0 0\n")
}

// write replaces a file at once, as a reader of /proc never sees half of one.
func (p *fakeProc) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	require.NoError(t, os.WriteFile(path+".new", []byte(text), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}
