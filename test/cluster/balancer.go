// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// A balancer forwards connections to ready replicas in turn, as kube-proxy does for a Service. Established
// connections stay open when their replica becomes unready.
type balancer struct {
	listener net.Listener

	mutex    sync.Mutex
	replicas []*replica
	accepted int
}

// startBalancer returns a balancer without replicas that listens at an address.
func startBalancer(address string) (*balancer, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening in front of the replicas: %w", err)
	}
	b := &balancer{listener: listener}
	go b.accept()
	return b, nil
}

// set sets the replicas that get new connections while they are ready.
func (b *balancer) set(replicas []*replica) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.replicas = replicas
}

// next returns the next replica that is ready, or nil if none is.
func (b *balancer) next() *replica {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for range b.replicas {
		b.accepted++
		if r := b.replicas[b.accepted%len(b.replicas)]; r.ready.Load() {
			return r
		}
	}
	return nil
}

func (b *balancer) accept() {
	for {
		from, err := b.listener.Accept()
		if err != nil {
			return
		}
		go b.forward(from)
	}
}

// forward forwards a connection until either side closes it. Without a replica it is closed.
func (b *balancer) forward(from net.Conn) {
	defer from.Close()
	r := b.next()
	if r == nil {
		return
	}
	to, err := net.Dial("tcp", r.webhooks)
	if err != nil {
		return
	}
	defer to.Close()
	go func() {
		_, _ = io.Copy(to, from) // either side may have gone
		_ = to.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(from, to)
}

func (b *balancer) stop() error {
	if b == nil {
		return nil
	}
	return b.listener.Close()
}
