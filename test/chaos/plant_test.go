// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// Defects that are planted are found, in the campaign as it is: children that are lost, somebody else's object that is
// touched, and a status that lies.
func TestPlants(t *testing.T) {
	manager, err := cluster.BuildManager(t.TempDir())
	require.NoError(t, err)
	o := options{
		seed: 1, duration: 12 * time.Second, rounds: 1, clients: 3, objects: 3, replicas: 1,
		settle: 6 * time.Minute, quiet: time.Second, manager: manager, plant: strings.Join(plantNames(), ","),
	}
	var out bytes.Buffer
	require.ErrorContains(t, o.run(t.Context(), &out), "violations; repeat with: make chaos CHAOS=")
	found := regexp.MustCompile(`(?m)^VIOLATION: round 1: (.*)$`).FindAllStringSubmatch(out.String(), -1)
	for name, one := range plants {
		assert.True(t, slices.ContainsFunc(found, func(line []string) bool { return one.shows.MatchString(line[1]) }), "%s: %s", name, out.String())
	}
}

func TestPlantsOf(t *testing.T) {
	t.Parallel()
	found, err := plantsOf("child,status")
	require.NoError(t, err)
	assert.Len(t, found, 2)
	assert.False(t, allShow(found, []string{"Service chaos-a/stack-1-ollama is missing"}))
	assert.True(t, allShow(found, []string{"the status of chaos-b/stack-2 has 99 of 2 pods", "Service chaos-a/stack-1-ollama is missing"}))
	assert.False(t, allShow(nil, []string{"Service chaos-a/stack-1-ollama is missing"}))
	_, err = plantsOf("child,weed")
	assert.EqualError(t, err, `there is no plant "weed", only child, foreign, status`)
}
