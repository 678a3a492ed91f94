// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package databases

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// nobody is the user, and the group, that servers run as: PostgreSQL refuses to be root's.
const nobody = 65534

// startTimeout is the timeout for a server to answer, on a machine that is busy with other things.
const startTimeout = 60 * time.Second

// A server is a program with a directory and a port of its own.
type server struct {
	address string
	port    int
	dir     string
	cmd     *exec.Cmd     // nil before it is started
	done    chan struct{} // closed when it has ended
}

func newServer(address string) (*server, error) {
	port, err := freePort(address)
	if err != nil {
		return nil, err
	}
	// $TMPDIR may be root's alone.
	dir, err := os.MkdirTemp("/run", "database-")
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &server{address: address, port: port, dir: dir, done: make(chan struct{})}, nil
}

func freePort(address string) (int, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// host returns the host and the port of the server.
func (s *server) host() string { return net.JoinHostPort(s.address, strconv.Itoa(s.port)) }

// command returns a command of the server's user.
func (s *server) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: nobody, Gid: nobody},
		// PostgreSQL's shared memory would outlive a process that is killed.
		Cloneflags: syscall.CLONE_NEWIPC,
	}
	return cmd
}

// run starts a program and waits until it answers.
func (s *server) run(ctx context.Context, answers func() error, path string, args ...string) error {
	log := filepath.Join(s.dir, "log")
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	s.cmd = s.command(context.WithoutCancel(ctx), path, args...)
	s.cmd.Stdout, s.cmd.Stderr = file, file
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	go func() {
		_ = s.cmd.Wait() // it was stopped, or does not answer
		close(s.done)
	}()
	for timeout := time.After(startTimeout); ; {
		err := answers()
		if err == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-s.done:
			return s.failure(errors.New("it has exited"), log)
		case <-timeout:
			return s.failure(err, log)
		}
	}
}

func (s *server) failure(err error, log string) error {
	text, readErr := os.ReadFile(log)
	return errors.Join(fmt.Errorf("%w:\n%s", err, text), readErr)
}

// Stop ends the server and deletes its files. It can be called again.
func (s *server) Stop() error {
	var err error
	if s.cmd != nil {
		// PostgreSQL waits for nobody.
		err = s.cmd.Process.Signal(syscall.SIGQUIT)
		if errors.Is(err, os.ErrProcessDone) {
			err = nil
		}
		select {
		case <-s.done:
		case <-time.After(10 * time.Second):
			err = errors.Join(err, errors.New("the server did not stop"), s.cmd.Process.Kill())
			<-s.done
		}
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}
