// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// Whatever bytes a server answers: errors have a reason and one line of printable characters, and what is returned is
// bounded.
func FuzzAnswer(f *testing.F) {
	const ok = "HTTP/1.1 200 OK\r\n\r\n"
	for _, answer := range []string{
		ok + `{"models":[{"name":"a:1","digest":"` + strings.Repeat("0", 64) + `","size":1,"modified_at":"2026-01-02T03:04:05Z"}]}`, ok + `{"models":null}`, ok + `{"models":[{"name":"\u001b"}]}x`,
		ok + `{"version":"0.12.6\u001b[2J"}`, ok + "{\"status\":\"p\",\"digest\":\"1\",\"total\":5,\"completed\":5}\n{\"status\":\"success\"}\n", ok + `{"error":"https://a:b@c/d?e"}`,
		"HTTP/1.1 404 Not Found\r\n\r\n{\"error\":\"model not found\"}", "HTTP/1.1 502 Bad\x1b[2J\r\n\r\n<html>", "HTTP/1.1 400 \r\n\r\n{\"error\":\"invalid model name\"}", "x", "",
		"HTTP/1.1 200 OK\r\nx\x1b[2J\r\n\r\n", "HTTP/1.1 301 M\r\nLocation: http://h/\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		transport := NewHTTPClient(nil).Transport.(*http.Transport)
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return answering(answer), nil }
		c := New("ollama:11434", &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
		models, err := c.List(t.Context())
		checkError(t, err)
		assert.LessOrEqual(t, len(models), maxModels)
		for _, m := range models {
			assert.True(t, validName(m.Name))
			assert.Regexp(t, `\A([0-9a-f]{64})?\z`, m.Digest)
			assert.GreaterOrEqual(t, m.Size, int64(0))
		}
		version, err := c.Version(t.Context())
		checkError(t, err)
		assert.LessOrEqual(t, len(version), maxVersion)
		assert.False(t, strings.ContainsFunc(version, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", version)
		checkError(t, c.Delete(t.Context(), "a:1"))
		checkError(t, c.Copy(t.Context(), "a:1", "b:1"))
		checkError(t, c.Pull(t.Context(), ollama.Download{Model: "a:1", From: "mirror/library/a:1"}, func(p Progress) {
			assert.LessOrEqual(t, p.Completed, p.Total)
			assert.False(t, strings.ContainsFunc(p.Status, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", p.Status)
		}))
	})
}

// answering returns a connection on which the first request is answered with the bytes.
func answering(answer []byte) net.Conn {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		if request, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
			_ = request.Body.Close() // it has come with the header
			_, _ = theirs.Write(answer)
		}
	}()
	return ours
}

// checkError asserts that an error has a reason, and that its message is one line without anything secret.
func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var failed *Error
	require.ErrorAs(t, err, &failed)
	assert.NotEmpty(t, failed.Reason)
	assert.NotEmpty(t, failed.Message)
	assert.LessOrEqual(t, len(failed.Message), maxMessage)
	assert.False(t, strings.ContainsFunc(failed.Message, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", failed.Message)
}
