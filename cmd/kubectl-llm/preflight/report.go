// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

// A Report is what an upgrade to this version of the operator does. Fields may be added to its JSON, but not removed
// or renamed.
type Report struct {
	// Version is that of kubectl-llm.
	Version string  `json:"version"`
	Summary Summary `json:"summary"`
	// CRDs is empty if they were not compared.
	CRDs []CRD `json:"crds"`
	// Objects are those with something to say of, in the order of namespaces and names.
	Objects []Object `json:"objects"`
}

// A Summary has the numbers of objects. One object can count for several.
type Summary struct {
	Objects   int `json:"objects"`
	Refused   int `json:"refused"`
	Lossy     int `json:"lossy"`
	Tolerated int `json:"tolerated"`
	Changed   int `json:"changed"`
	Restarted int `json:"restarted"`
	Warned    int `json:"warned"`
}

// Add counts the object, and adds it to the report unless there is nothing to say of it.
func (r *Report) Add(o Object) {
	count := func(counter *int, counts bool) {
		if counts {
			*counter++
		}
	}
	r.Summary.Objects++
	count(&r.Summary.Refused, len(o.Refused) > 0)
	count(&r.Summary.Lossy, len(o.Lost) > 0)
	count(&r.Summary.Tolerated, len(o.Tolerated) > 0)
	count(&r.Summary.Changed, len(o.Changes)+len(o.Children)+len(o.Components) > 0)
	count(&r.Summary.Restarted, o.Restarts())
	count(&r.Summary.Warned, len(o.Warnings) > 0)
	if o.Affected() || len(o.Warnings) > 0 {
		r.Objects = append(r.Objects, o)
	}
}

// A Reason is one for which a preflight can fail, although the upgrade is safe.
type Reason string

// Reasons by the Summary's numbers.
const (
	Tolerated Reason = "tolerated"
	Restart   Reason = "restart"
	Change    Reason = "change"
	Warning   Reason = "warning"
)

// Reasons are all of them.
var Reasons = []Reason{Tolerated, Restart, Change, Warning}

// Fails reports whether an object is refused or loses fields, the change of a CRD is unsafe, or one of the reasons
// applies.
func (r *Report) Fails(reasons []Reason) bool {
	if r.Summary.Refused+r.Summary.Lossy > 0 {
		return true
	}
	for i := range r.CRDs {
		if len(r.CRDs[i].Unsafe) > 0 {
			return true
		}
	}
	numbers := map[Reason]int{
		Tolerated: r.Summary.Tolerated, Restart: r.Summary.Restarted, Change: r.Summary.Changed, Warning: r.Summary.Warned,
	}
	for _, reason := range reasons {
		if numbers[reason] > 0 {
			return true
		}
	}
	return false
}
