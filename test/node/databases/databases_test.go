// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package databases_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node/databases"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// missing is what this machine lacks for a real node; it is empty if it has all.
var missing string

func TestMain(m *testing.M) {
	if out, err := exec.Command("../../../hack/node/missing.sh").Output(); err != nil {
		missing = strings.TrimSpace(string(out))
	} else if err := sandbox.Enter(); err != nil { // nothing is left, however the tests end
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// skipWithout skips the test on machines on which the node's tests are skipped.
func skipWithout(t *testing.T) {
	t.Helper()
	if missing != "" {
		require.Empty(t, os.Getenv("LLM_OPERATOR_REQUIRE_NODE"), missing)
		t.Skip(missing)
	}
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u.Host
}

func TestPostgres(t *testing.T) {
	skipWithout(t)
	postgres, err := databases.StartPostgres(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	address, err := postgres.Create(t.Context(), "one")
	require.NoError(t, err)
	psql := func(url string) (string, error) {
		out, err := exec.Command("psql", "--no-psqlrc", "-Atc", "SELECT current_user, current_database()", url).CombinedOutput()
		return string(out), err
	}
	out, err := psql(address)
	require.NoError(t, err, out)
	assert.Equal(t, "one|one\n", out)
	out, err = psql(postgres.URL("one", "wrong"))
	require.Error(t, err)
	assert.Contains(t, out, "password authentication failed")
	rows, err := postgres.Query(t.Context(), "one", "SELECT 1 UNION SELECT 2 ORDER BY 1")
	require.NoError(t, err)
	assert.Equal(t, "1\n2", rows)
	_, err = postgres.Query(t.Context(), "one", "SELECT wrong")
	require.ErrorContains(t, err, `column "wrong" does not exist`)

	require.NoError(t, postgres.Stop())
	_, err = net.Dial("tcp", hostOf(t, address))
	assert.ErrorContains(t, err, "refused")
}

func TestRedis(t *testing.T) {
	skipWithout(t)
	redis, err := databases.StartRedis(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	assert.Regexp(t, `^redis://:[A-Z2-7]+@127\.0\.0\.1:\d+/0$`, redis.URL())
	require.NoError(t, redis.Stop())
	_, err = net.Dial("tcp", hostOf(t, redis.URL()))
	assert.ErrorContains(t, err, "refused")
}
