// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// New connections go to ready replicas in turn, and established ones stay open.
func TestBalancer(t *testing.T) {
	t.Parallel()
	b, err := startBalancer("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.stop()) })
	one, two := echo(t, "one"), echo(t, "two")
	b.set([]*replica{one, two})
	assert.Empty(t, greeting(t, dial(t, b)), "no replica is ready")

	one.ready.Store(true)
	established := dial(t, b)
	for range 3 {
		assert.Equal(t, "one", greeting(t, dial(t, b)))
	}
	two.ready.Store(true)
	assert.ElementsMatch(t, []string{"one", "two"}, []string{greeting(t, dial(t, b)), greeting(t, dial(t, b))})
	one.ready.Store(false)
	assert.Equal(t, "two", greeting(t, dial(t, b)))
	assert.Equal(t, "one", greeting(t, established))
}

// echo returns a replica that waits for a byte of each connection, and answers with its name.
func echo(t *testing.T, name string) *replica {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 1))
				_, _ = io.WriteString(conn, name)
			}()
		}
	}()
	return &replica{webhooks: listener.Addr().String()}
}

func dial(t *testing.T, b *balancer) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", b.listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// greeting sends a byte, and returns the answer until the connection is closed.
func greeting(t *testing.T, conn net.Conn) string {
	t.Helper()
	_, _ = conn.Write([]byte("?")) // it may be closed already
	answer, _ := io.ReadAll(conn)
	return string(answer)
}
