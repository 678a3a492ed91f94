// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/test/node/databases"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// shares are the servers that pods share.
type shares struct {
	postgres *databases.Postgres
	redis    *databases.Redis
}

func startShares(t *testing.T) *shares {
	t.Helper()
	postgres, err := databases.StartPostgres(t.Context(), sandbox.NodeAddress)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, postgres.Stop()) })
	redis, err := databases.StartRedis(t.Context(), sandbox.NodeAddress)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, redis.Stop()) })
	return &shares{postgres, redis}
}

// query returns the rows of a statement in a database, a line each.
func (s *shares) query(t require.TestingT, database, statement string) string {
	rows, err := s.postgres.Query(context.Background(), database, statement)
	require.NoError(t, err)
	return rows
}

// violations returns what the double has reported.
func (s *shares) violations(t require.TestingT, database string) string {
	return s.query(t, database, "SELECT message FROM double_violations ORDER BY at")
}

// changesDatabase is the database of testChanges.
const changesDatabase = "changes"

// starts returns how often instances of a version have started on changesDatabase, and how often they have migrated.
func (s *shares) starts(t require.TestingT, version string) string {
	return s.query(t, changesDatabase, "SELECT count(*), count(*) FILTER (WHERE migrated) FROM double_starts WHERE version = '"+version+"'")
}

// addURLs creates a Secret with the URLs of a new database and of Redis.
func (s *space) addURLs(t *testing.T, shares *shares, database string) {
	t.Helper()
	url, err := shares.postgres.Create(t.Context(), database)
	require.NoError(t, err)
	s.addSecret(t, url, shares.redis.URL())
}

func (s *space) addSecret(t *testing.T, database, redis string) {
	t.Helper()
	require.NoError(t, s.client.Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "urls"},
		StringData: map[string]string{"database": database, "redis": redis},
	}))
}
