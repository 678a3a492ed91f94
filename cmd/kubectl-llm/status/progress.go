// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// barWidth is the width of a progress bar, without its brackets.
const barWidth = 20

// percent returns the progress of a model in percent, and false if it has none.
func percent(m v1alpha1.ModelStatus) (int, bool) {
	digits, found := strings.CutSuffix(m.Progress, "%")
	n, err := strconv.ParseUint(digits, 10, 7)
	if !found || err != nil || n > 100 {
		return 0, false
	}
	return int(n), true
}

// progress returns the progress of a model, with a bar if bars is true.
func progress(m v1alpha1.ModelStatus, bars bool) string {
	n, known := percent(m)
	if !bars || !known {
		return m.Progress
	}
	return bar(n) + " " + m.Progress
}

// bar returns a progress bar of ASCII characters.
func bar(percent int) string {
	filled := percent * barWidth / 100
	if filled == barWidth {
		return "[" + strings.Repeat("=", barWidth) + "]"
	}
	return "[" + strings.Repeat("=", filled) + ">" + strings.Repeat(" ", barWidth-filled-1) + "]"
}

// Line returns the state of one model on one line, with the estimates of the pace.
func Line(m v1alpha1.ModelStatus, o Options) string {
	parts := []string{orUnknown(m.Phase)}
	if m.Progress != "" {
		parts[0] += " " + progress(m, o.Bars)
	}
	e := o.Pace.estimate(m, o.Now)
	if rate := e.rate(); rate != "" {
		parts = append(parts, rate)
	}
	if left := e.remaining(); left != "" {
		parts = append(parts, left+" left")
	}
	line := fmt.Sprintf("%s: %s", m.Name, strings.Join(parts, ", "))
	if m.Message != "" {
		line += ": " + m.Message
	}
	return terminal.EscapeLine(line)
}

func orUnknown(phase v1alpha1.ModelPhase) string {
	if phase == "" {
		return "not observed yet"
	}
	return string(phase)
}
