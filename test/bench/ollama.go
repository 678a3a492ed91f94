// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/geeper-io/llm-operator/test/ollama"
)

// showOllama prints the requests to the simulated Ollama servers since it was called last.
func (b *bench) showOllama(objects int) error {
	control, err := b.cluster.Ollama()
	if err != nil {
		return err
	}
	counts, err := control.Counts()
	if err != nil {
		return err
	}
	total := 0
	perKind := map[ollama.Kind]int{}
	for kind, count := range counts {
		perKind[kind] = count - b.asked[kind]
		total += perKind[kind]
	}
	b.asked = counts
	fmt.Printf("    requests to Ollama: %.2f per object", float64(total)/float64(objects))
	for _, kind := range slices.Sorted(maps.Keys(perKind)) {
		fmt.Printf(", %s %d", kind, perKind[kind])
	}
	fmt.Println()
	return nil
}
