// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

// A role is what may happen to the objects of a name.
type role int

const (
	// keeper objects retain their claims, which therefore never vanish.
	keeper role = iota
	// dropper objects may have storage.retain: false.
	dropper
	// orphaner objects may be deleted without their children.
	orphaner
	// rival objects have children whose names somebody else's objects have.
	rival
	// aliased objects are those of an alias, which users create in their place.
	aliased
)

// A slot is a name that objects have one after the other.
type slot struct {
	namespace, name string
	role            role
}

func (s slot) String() string { return s.namespace + "/" + s.name }

// namespaces of all objects.
var namespaces = []string{"chaos-a", "chaos-b"}

// slots returns n slots in each namespace.
func slots(n int) []slot {
	roles := []role{keeper, aliased, rival, dropper, keeper, orphaner}
	out := make([]slot, 0, n*len(namespaces))
	for _, namespace := range namespaces {
		for i := range n {
			out = append(out, slot{namespace, fmt.Sprintf("stack-%d", i), roles[i%len(roles)]})
		}
	}
	return out
}
