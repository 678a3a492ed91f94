// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// The whole status is printed again only if more has changed than the progress of models.
func TestStatusPrinter(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := statusPrinter{out: &out, pace: &status.Pace{}}
	for i, text := range []string{
		`phase: Progressing, models: [{name: "a:1", phase: Pulling, pods: 0/1}]`,
		`phase: Progressing, models: [{name: "a:1", phase: Pulling, pods: 0/1, progress: 3%, size: 1G}]`,
		`phase: Progressing, models: [{name: "a:1", phase: Pulling, pods: 0/1, progress: 9%, size: 1G}]`,
		`phase: Ready, models: [{name: "a:1", phase: Pulled, pods: 1/1, size: 1G}]`,
	} {
		d := fixtures.Parse(t, `{metadata: {name: stack, namespace: models, resourceVersion: "`+strings.Repeat("1", i+1)+`"}, spec: {ollama: {models: ["a:1"]}}, status: {`+text+"}}")
		require.NoError(t, p.print(fixtures.Defaulted(d), time.Unix(int64(5*i), 0)))
	}
	golden.Equal(t, filepath.Join("testdata", "status-watch.txt"), out.String())
}
