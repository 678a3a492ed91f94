// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// A Network connects HTTP clients with servers in memory, by address. It opens no ports.
type Network struct {
	mu      sync.Mutex
	servers map[string]*http.Server
	dials   int
}

// NewNetwork returns a network without servers.
func NewNetwork() *Network { return &Network{servers: map[string]*http.Server{}} }

// Add adds a server at an address, "host:port".
func (n *Network) Add(address string, handler http.Handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.servers[address] = &http.Server{Handler: handler} //nolint:gosec // nobody else can connect
}

// Remove removes a server and cuts its connections. Connections to its address are refused from now
// on.
func (n *Network) Remove(address string) {
	n.mu.Lock()
	server := n.servers[address]
	delete(n.servers, address)
	n.mu.Unlock()
	if server != nil {
		_ = server.Close() // closes connections in memory
	}
}

// Close removes all servers.
func (n *Network) Close() {
	n.mu.Lock()
	servers := n.servers
	n.servers = map[string]*http.Server{}
	n.mu.Unlock()
	for _, server := range servers {
		_ = server.Close() // closes connections in memory
	}
}

// Dials returns how many connections have been made.
func (n *Network) Dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

// DialContext connects with the server at an address, for http.Transport.
func (n *Network) DialContext(_ context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	server := n.servers[address]
	if server == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	n.dials++
	near, far := net.Pipe()
	go func() {
		once := &listener{conn: far}
		_ = server.Serve(once) // returns when the connection has been accepted
		if once.conn != nil {
			_ = far.Close() // the server has been removed meanwhile
		}
	}()
	return near, nil
}

// A listener accepts one connection.
type listener struct{ conn net.Conn }

var errAccepted = errors.New("the connection has been accepted")

func (l *listener) Accept() (net.Conn, error) {
	if l.conn == nil {
		return nil, errAccepted
	}
	conn := l.conn
	l.conn = nil
	return conn, nil
}

func (l *listener) Close() error   { return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }
