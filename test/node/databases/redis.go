// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package databases

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Redis is a running Redis server.
type Redis struct {
	*server
	password string
}

// StartRedis starts a Redis server that listens on a free port of the address, and wants a password. It
// returns when the server answers. The program has to be root's.
func StartRedis(ctx context.Context, address string) (*Redis, error) {
	s, err := newServer(address)
	if err != nil {
		return nil, err
	}
	r := &Redis{server: s, password: rand.Text()}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting Redis: %w", err), r.Stop())
	}
	return r, nil
}

func (r *Redis) start(ctx context.Context) error {
	config := filepath.Join(r.dir, "redis.conf")
	text := "bind " + r.address + "\nport " + strconv.Itoa(r.port) + "\nrequirepass " + r.password +
		"\ndir " + r.dir + "\nsave \"\"\nappendonly no\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil { //nolint:gosec // the server reads it
		return err
	}
	return r.run(ctx, r.ping, "redis-server", config)
}

// ping returns an error as long as the server does not greet.
func (r *Redis) ping() error {
	connection, err := net.DialTimeout("tcp", r.host(), time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(connection, "AUTH %s\r\n", r.password); err != nil {
		return err
	}
	answer, err := bufio.NewReader(connection).ReadString('\n')
	if err == nil && answer != "+OK\r\n" {
		err = fmt.Errorf("the server answered %q", answer)
	}
	return err
}

// URL returns the server's URL.
func (r *Redis) URL() string {
	u := url.URL{Scheme: "redis", User: url.UserPassword("", r.password), Host: r.host(), Path: "/0"}
	return u.String()
}
