// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"fmt"
	"io"
	"strings"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// writeGitHub prints a workflow command for each thing that happens to pods, models, addresses and claims, at the
// first field that causes it, one for a paused object that changes, and a summary.
func writeGitHub(w io.Writer, objects []Object, _ Options) error {
	var out strings.Builder
	for _, object := range objects {
		if object.Action != plan.Unchanged {
			out.WriteString(object.annotation(line{says: words("is %s", object.outcome())}))
			if object.Paused {
				out.WriteString(object.annotation(pausedLine()))
			}
		}
		for _, l := range lines(object.Plan) {
			if l.topic != topicFields && l.topic != topicChildren {
				out.WriteString(object.annotation(l))
			}
		}
	}
	fmt.Fprintln(&out, summary(objects))
	_, err := io.WriteString(w, out.String())
	return err
}

// annotation returns the workflow command for the line.
func (o Object) annotation(l line) string {
	level := "notice"
	if l.serious {
		level = "warning"
	}
	text := l.says.line()
	if subject := l.subject.line(); subject != "" {
		text = subject + " " + text
	}
	file, at := "", manifest.Position{}
	if o.Manifest != nil {
		file, at = o.Manifest.File, o.Manifest.Position()
		if len(l.paths) > 0 {
			at = o.Manifest.PositionOf(l.paths[0])
		}
	}
	return report.WorkflowCommand(level, file, at, o.name(), text)
}
