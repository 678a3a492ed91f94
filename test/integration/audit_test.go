// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/audit"
)

// writes returns the operator's writes in the namespace so far, without events.
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

// atRest waits until the operator has not written in the namespace for 3 seconds, and returns its
// writes.
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

// forbidden returns the operator's requests that were denied. It ignores requests that were allowed at
// another time, because the API server does not know all roles immediately after its start.
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
		if permission := r.Verb + " " + r.Resource(); r.IsForbidden() && !allowed[permission] {
			missing = append(missing, permission)
		}
	}
	return missing, nil
}
