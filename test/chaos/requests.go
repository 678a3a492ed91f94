// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/audit"
)

// Bounds of the operator's writes in a round: so many for each request of clients that changed something, and for
// each fault, which may hide that something is done already.
const (
	writesPerOperation = 40
	writesPerFault     = 200
)

// auditOffset returns the current size of the audit log.
func (c *campaign) auditOffset() (int64, error) {
	info, err := os.Stat(c.cluster.AuditLog())
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// A write is a request of the operator that changes an object.
type write struct{ verb, resource, namespace, name string }

func (w write) String() string {
	return fmt.Sprintf("%s %s %s/%s", w.verb, w.resource, w.namespace, w.name)
}

// writesSince returns the operator's writes since an offset in the audit log, without those of leader election.
func (c *campaign) writesSince(offset int64) ([]write, error) {
	all, err := audit.Read(c.cluster.AuditLog(), offset)
	if err != nil {
		return nil, err
	}
	var out []write
	for _, r := range all {
		if isWrite(r) {
			out = append(out, write{r.Verb, r.Resource(), r.Object.Namespace, r.Object.Name})
		}
	}
	return out, nil
}

// mayWrite reports whether a write is justified although everything is as it has to be: pulls of models that are tried
// again show in the status, also in that of an alias.
func (s *state) mayWrite(w write) bool {
	if w.resource != "ollamadeployments/status" && w.resource != "deployments/status" {
		return false
	}
	d := s.object(w.namespace, w.name)
	return d != nil && !meta.IsStatusConditionTrue(d.Status.Conditions, v1alpha1.ConditionModelsPulled)
}

// isWrite reports whether a request changes an object, other than those of leader election and events. Reviews of
// access are created and not stored.
func isWrite(r audit.Request) bool {
	switch r.Object.Resource {
	case "", "leases", "events", "selfsubjectaccessreviews":
		return false
	default:
		return r.IsWrite()
	}
}

// countRequests counts the operator's requests since an offset in the audit log, and judges their number so far.
func (c *campaign) countRequests(offset int64) error {
	all, err := audit.Read(c.cluster.AuditLog(), offset)
	if err != nil {
		return err
	}
	for _, r := range all {
		switch {
		case r.IsForbidden():
			// An API server that starts does not know the roles yet. Missing rights are found by the integration tests.
			c.tally.add(groupReads, "forbidden", 1)
		case isWrite(r):
			c.tally.add(groupWrites, r.Verb+" "+r.Resource(), 1)
		case r.Resource() != "" && !r.IsWrite():
			c.tally.add(groupReads, r.Verb+" "+r.Resource(), 1)
		}
	}
	writes, done, faults := c.tally.total(groupWrites), c.tally.countDone(), c.tally.total(groupFault)
	if bound := writesPerOperation*done + writesPerFault*faults; writes > bound {
		c.tally.violate("the operator wrote %d times, after %d operations and %d faults more than %d", writes, done, faults, bound)
	}
	return nil
}

// crash matches what a program writes that crashes.
var crash = regexp.MustCompile(`(?m)^(panic:|fatal error:).*|Observed a panic`)

// readLogs finds crashes of managers.
func (c *campaign) readLogs() {
	files, _ := filepath.Glob(c.cluster.Log("manager*")) // the pattern is valid
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if found := crash.Find(data); found != nil {
			c.tally.violate("%s: %s", filepath.Base(file), found)
		}
	}
	c.tally.set(groupManagers, "started", len(files))
}
