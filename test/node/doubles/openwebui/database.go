// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A database is the external database of all instances.
type database struct {
	pool *pgxpool.Pool
	// session is open as long as the instance runs, however it ends: by its name others know of it.
	session *pgx.Conn
	version string
}

// sessionName starts the names of the sessions of running instances, which end with their version.
const sessionName = "open-webui "

// migrationDuration is long enough for others that start at the same time to be noticed.
const migrationDuration = 3 * time.Second

// Keys of advisory locks.
const (
	tablesLock = iota + 1
	migrationLock
)

// tables are created by whoever comes first. Those with the prefix are not the original's: tests read there
// what the instances have done.
const tables = `
CREATE TABLE IF NOT EXISTS alembic_version (version_num text NOT NULL);
CREATE TABLE IF NOT EXISTS "user" (email text PRIMARY KEY, password text NOT NULL);
CREATE TABLE IF NOT EXISTS double_starts (at timestamptz NOT NULL DEFAULT now(), version text NOT NULL, migrated bool NOT NULL);
CREATE TABLE IF NOT EXISTS double_violations (at timestamptz NOT NULL DEFAULT now(), message text NOT NULL);
`

// openDatabase connects to the database and migrates it to the version unless that is disabled, as each
// instance of the original does when it starts. What the original is not safe against is an error, which is
// in the table of violations too: that an instance of another version is running, or that another one
// migrates. The original upgrades with Alembic, which does not wait for another upgrade, and its documentation
// wants all but one instance to be stopped.
//
// Source: open-webui/open-webui, backend/open_webui/config.py (run_migrations), env.py (DATABASE_URL,
// ENABLE_DB_MIGRATIONS), open-webui/docs, docs/troubleshooting/multi-replica.mdx.
func openDatabase(ctx context.Context, address, version string) (*database, error) {
	address = strings.Replace(address, "postgres://", "postgresql://", 1)
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("reading DATABASE_URL: %w", err)
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("reading DATABASE_URL: %w", err)
	}
	config.RuntimeParams["application_name"] = sessionName + version
	session, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the database: %w", err)
	}
	db := &database{pool: pool, session: session, version: version}
	if err := db.createTables(ctx); err != nil {
		return nil, err
	}
	migrated, err := db.migrate(ctx)
	if err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, "INSERT INTO double_starts (version, migrated) VALUES ($1, $2)", version, migrated)
	return db, err
}

func (d *database) createTables(ctx context.Context) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", tablesLock); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, tables)
		return err
	})
}

// migrate reports whether there was something to migrate.
func (d *database) migrate(ctx context.Context) (bool, error) {
	if err := d.checkOthers(ctx); err != nil {
		return false, err
	}
	var found string
	err := d.pool.QueryRow(ctx, "SELECT version_num FROM alembic_version").Scan(&found)
	switch {
	case err != nil && !errors.Is(err, pgx.ErrNoRows):
		return false, err
	case found == d.version:
		return false, nil
	case strings.EqualFold(os.Getenv("ENABLE_DB_MIGRATIONS"), "false"):
		return false, d.violation(ctx, fmt.Sprintf("version %s started on a database of version %q", d.version, found))
	}
	log.Printf("migrating from %q to %q", found, d.version)
	var locked bool
	if err := d.session.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", migrationLock).Scan(&locked); err != nil {
		return false, err
	}
	if !locked {
		return false, d.violation(ctx, "two instances migrate at the same time")
	}
	<-time.After(migrationDuration)
	if err := d.checkOthers(ctx); err != nil {
		return false, err
	}
	return true, d.setVersion(ctx)
}

func (d *database) setVersion(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM alembic_version"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO alembic_version VALUES ($1)", d.version)
		return err
	})
	if err != nil {
		return err
	}
	_, err = d.session.Exec(ctx, "SELECT pg_advisory_unlock($1)", migrationLock)
	return err
}

// checkOthers returns an error if an instance of another version is running.
func (d *database) checkOthers(ctx context.Context) error {
	var other string
	err := d.pool.QueryRow(ctx, `SELECT application_name FROM pg_stat_activity
		WHERE datname = current_database() AND application_name LIKE $1 AND application_name <> $2 LIMIT 1`,
		sessionName+"%", sessionName+d.version).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.violation(ctx, fmt.Sprintf("version %s started while version %s was running", d.version, strings.TrimPrefix(other, sessionName)))
}

// violation records that the instances were operated in a way that the original is not safe against.
func (d *database) violation(ctx context.Context, message string) error {
	_, err := d.pool.Exec(ctx, "INSERT INTO double_violations (message) VALUES ($1)", message)
	return errors.Join(errors.New("VIOLATION: "+message), err)
}
