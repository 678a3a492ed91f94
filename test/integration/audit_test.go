// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/audit"
	"github.com/geeper-io/llm-operator/test/cluster"
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

// unobserved has the permissions that the operator needs and that not every run of the tests makes it use, with the reason.
var unobserved = map[audit.Permission]string{
	{Verb: "patch", Group: "events.k8s.io", Resource: "events"}: "to count repeated events in a series",
}

// checkPermissions returns an error if a request of the operator was denied, or, after all tests, if it may do what it
// never did.
func checkPermissions() error {
	all, err := audit.Read(shared.AuditLog(), 0)
	if err != nil {
		return err
	}
	if missing := forbidden(all); len(missing) > 0 {
		return fmt.Errorf("requests of the operator were denied: %v", missing)
	}
	rules, err := cluster.ManagerRules()
	if err != nil {
		return err
	}
	granted, err := audit.Granted(rules)
	if err != nil || isFiltered() {
		return err
	}
	if unused := audit.Unused(granted, audit.Used(all), unobserved, audit.Enforced); len(unused) > 0 {
		return fmt.Errorf("the operator is allowed to do what it never did: %v", unused)
	}
	return nil
}

// forbidden returns what requests were denied. It ignores those that were allowed at another time, because the API
// server does not know all roles immediately after its start.
func forbidden(all []audit.Request) []audit.Permission {
	allowed := map[audit.Permission]bool{}
	for _, r := range all {
		if r.IsAllowed() {
			allowed[r.Permission()] = true
		}
	}
	var missing []audit.Permission
	for _, r := range all {
		if r.IsForbidden() && !allowed[r.Permission()] {
			missing = append(missing, r.Permission())
		}
	}
	return missing
}

// isFiltered reports whether only some of the tests run.
func isFiltered() bool {
	return flag.Lookup("test.run").Value.String()+flag.Lookup("test.skip").Value.String() != ""
}
