// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/internal/ollama/registry"
)

// Whatever bytes a registry answers, what is said of it is one short line of printable characters, with nothing of the
// answer but the host that it redirects to.
func FuzzExplain(f *testing.F) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 404 hunter2\r\n\r\n", "hunter2", "HTTP/1.1 200 OK\r\nhunter2\x1b[2J\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: http://hunter2/\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: hunter2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: hunter2\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhunter2\r\n", "HTTP/1.1 302 Found\r\nLocation: hunter2://a b%zz\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\n\r\n", "",
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				if _, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
					_, _ = theirs.Write(answer) // the client may have enough of it
				}
			}()
			return ours, nil
		}}}
		_, err := registry.Get(t.Context(), client, "registry.example.com/team/model:tag", true)
		if err == nil {
			return
		}
		message := explain("registry.example.com", true, err)
		assert.NotEmpty(t, message)
		assert.LessOrEqual(t, len(message), 400, message)
		assert.Equal(t, -1, strings.IndexFunc(message, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", message)
		if !strings.Contains(strings.ToLower(string(answer)), "location") {
			assert.NotContains(t, message, "hunter2")
		}
	})
}
