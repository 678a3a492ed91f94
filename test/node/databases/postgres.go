// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package databases runs the PostgreSQL and the Redis of Debian's packages, each with its files in memory
// and for its caller alone: no service of the machine is used.
package databases

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Postgres is a running PostgreSQL server.
type Postgres struct {
	*server
	bin string
}

// StartPostgres starts a PostgreSQL server that listens on a free port of the address, and wants passwords
// there. It returns when the server answers. The program has to be root's.
func StartPostgres(ctx context.Context, address string) (*Postgres, error) {
	bin, err := postgresDir()
	if err != nil {
		return nil, err
	}
	s, err := newServer(address)
	if err != nil {
		return nil, err
	}
	p := &Postgres{server: s, bin: bin}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting PostgreSQL: %w", err), p.Stop())
	}
	return p, nil
}

// postgresDir returns the directory of PostgreSQL's programs.
func postgresDir() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func (p *Postgres) start(ctx context.Context) error {
	data := filepath.Join(p.dir, "data")
	initialize := p.command(ctx, filepath.Join(p.bin, "initdb"), "--pgdata="+data, "--username=postgres",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	if out, err := initialize.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	const everybody = "all" // databases, users and addresses
	access := fmt.Sprintf("local %[1]s %[1]s trust\nhost %[1]s %[1]s %[1]s scram-sha-256\n", everybody)
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(access), 0o644); err != nil { //nolint:gosec // the server reads it
		return err
	}
	args := []string{"-D", data, "-k", p.dir, "-h", p.address, "-p", strconv.Itoa(p.port)}
	for _, setting := range []string{
		"fsync=off", "shared_buffers=16MB", "dynamic_shared_memory_type=mmap",
		// Sessions of containers that were killed end soon.
		"tcp_keepalives_idle=1", "tcp_keepalives_interval=1", "tcp_keepalives_count=3",
	} {
		args = append(args, "-c", setting)
	}
	return p.run(ctx, func() error {
		_, err := p.Query(ctx, "postgres", "SELECT 1")
		return err
	}, filepath.Join(p.bin, "postgres"), args...)
}

// Create creates a database with a user of the same name, and returns the URL for it.
func (p *Postgres) Create(ctx context.Context, name string) (string, error) {
	password := rand.Text()
	for _, statement := range []string{
		fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", name, password),
		fmt.Sprintf("CREATE DATABASE %[1]s OWNER %[1]s", name),
	} {
		if _, err := p.Query(ctx, "postgres", statement); err != nil {
			return "", err
		}
	}
	return p.URL(name, password), nil
}

// URL returns the URL of a database for the user of the same name.
func (p *Postgres) URL(name, password string) string {
	u := url.URL{Scheme: "postgresql", User: url.UserPassword(name, password), Host: p.host(), Path: "/" + name}
	return u.String()
}

// Query runs a statement in a database and returns the rows, a line each, with | between columns.
func (p *Postgres) Query(ctx context.Context, database, statement string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, "psql"), "--no-psqlrc", "--no-align", "--tuples-only", "--quiet",
		"--host="+p.dir, "--port="+strconv.Itoa(p.port), "--username=postgres", "--dbname="+database, "--command="+statement)
	out, err := cmd.Output()
	if exit := (&exec.ExitError{}); errors.As(err, &exit) {
		return "", fmt.Errorf("%s: %w: %s", statement, err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
