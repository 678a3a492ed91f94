// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/audit"
)

// writes are the operator's in the namespace up to now, without events.
func (k kubectl) writes(t *testing.T) []string {
	t.Helper()
	all, err := audit.Read(shared.AuditLog(), 0)
	require.NoError(t, err)
	var writes []string
	for _, r := range all {
		if r.IsWrite() && r.Object.Namespace == k.namespace && r.Object.Resource != "events" {
			writes = append(writes, r.Verb+" "+r.Resource()+" "+r.Object.Name)
		}
	}
	return writes
}

// atRest waits until the operator writes nothing in the namespace any more, and
// returns what it has written.
func (k kubectl) atRest(t *testing.T) []string {
	t.Helper()
	var writes []string
	since := time.Now()
	require.Eventually(t, func() bool {
		now := k.writes(t)
		if len(now) != len(writes) {
			writes, since = now, time.Now()
		}
		return time.Since(since) > 3*time.Second
	}, patience, tick)
	return writes
}

// forbidden are the requests that the operator had no right to. One that was
// allowed another time is none: just after its start, the API server does not know
// all roles yet.
func forbidden() ([]string, error) {
	all, err := audit.Read(shared.AuditLog(), 0)
	if err != nil {
		return nil, err
	}
	allowed := map[string]bool{}
	for _, r := range all {
		if r.IsAllowed() {
			allowed[r.Verb+" "+r.Resource()] = true
		}
	}
	var missing []string
	for _, r := range all {
		if right := r.Verb + " " + r.Resource(); r.IsForbidden() && !allowed[right] {
			missing = append(missing, right)
		}
	}
	return missing, nil
}
