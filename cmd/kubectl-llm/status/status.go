// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package status prints the status of an OllamaDeployment.
package status

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fatih/color"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Options say how to print a status.
type Options struct {
	// Now is what ages are relative to.
	Now time.Time
	// Colored prints the phase in color.
	Colored bool
	// Bars prints progress as a bar.
	Bars bool
	// Wide prints all columns of models.
	Wide bool
	// Pace estimates rates and remaining times, which are not printed if it is nil.
	Pace *Pace
}

// Write prints the phase, whether the object is paused, the address that people open, the reasons why the object is not ready, the components, the models and the
// conditions.
func Write(w io.Writer, d *v1alpha1.OllamaDeployment, o Options) error {
	var out strings.Builder
	writePhase(&out, d, o)
	if d.Status.URL != "" {
		fmt.Fprintf(&out, "open %s\n", terminal.EscapeLine(d.Status.URL))
	}
	for _, reason := range blockers(d) {
		fmt.Fprintf(&out, "  %s\n", terminal.EscapeLine(reason))
	}
	out.WriteString("\n")
	writeComponents(&out, d)
	out.WriteString("\n")
	writeModels(&out, d, o)
	out.WriteString("\n")
	writeConditions(&out, d.Status.Conditions, o.Now)
	_, err := io.WriteString(w, out.String())
	return err
}

// writePhase prints the phase, and whether the status is that of a former spec.
func writePhase(out *strings.Builder, d *v1alpha1.OllamaDeployment, o Options) {
	fmt.Fprintf(out, "%s/%s: %s, %s pods ready\n", terminal.EscapeLine(d.Namespace), terminal.EscapeLine(d.Name), colorPhase(d.Status.Phase, o.Colored), terminal.EscapeLine(cmp.Or(d.Status.Ready, "no")))
	if d.Status.ObservedGeneration != d.Generation {
		fmt.Fprintf(out, "the operator has not observed the latest change yet: this is the status of generation %d, the latest is %d\n", d.Status.ObservedGeneration, d.Generation)
	}
	if d.Spec.IsPaused() {
		fmt.Fprintln(out, "paused: the operator changes nothing until spec.paused is removed")
	}
}

// colorPhase returns the phase in green, yellow or red.
func colorPhase(p v1alpha1.Phase, colored bool) string {
	attribute := color.FgRed
	switch p {
	case v1alpha1.PhaseReady:
		attribute = color.FgGreen
	case v1alpha1.PhaseProgressing:
		attribute = color.FgYellow
	}
	return terminal.NewColor(colored, attribute).Sprint(terminal.EscapeLine(cmp.Or(string(p), "no phase")))
}

// blockers returns the distinct reasons why the object is not ready, those of Degraded first:
// they hardly go away by waiting.
func blockers(d *v1alpha1.OllamaDeployment) []string {
	var out []string
	seen := map[string]bool{}
	add := func(conditionType string, status metav1.ConditionStatus) {
		c := meta.FindStatusCondition(d.Status.Conditions, conditionType)
		if c == nil || c.Status != status {
			return
		}
		for _, reason := range strings.Split(c.Message, "; ") {
			if !seen[reason] {
				seen[reason] = true
				out = append(out, reason)
			}
		}
	}
	add(v1alpha1.ConditionDegraded, metav1.ConditionTrue)
	add(v1alpha1.ConditionReady, metav1.ConditionFalse)
	return out
}

func writeComponents(out io.Writer, d *v1alpha1.OllamaDeployment) {
	table := newTable(out)
	fmt.Fprintln(table, "COMPONENT\tREADY\tUPDATED\tAVAILABLE\tIMAGE")
	for _, c := range d.Spec.EnabledComponents() {
		s := ptr.Deref(d.Status.Component(c.Name), v1alpha1.DeploymentComponentStatus{})
		writeRow(table, string(c.Name), fmt.Sprintf("%d/%d", s.ReadyReplicas, c.Replicas()),
			fmt.Sprint(s.UpdatedReplicas), fmt.Sprint(s.AvailableReplicas), c.ImageReference())
	}
	_ = table.Flush() // a strings.Builder does not fail
}

func writeConditions(out io.Writer, conditions []metav1.Condition, now time.Time) {
	if len(conditions) == 0 {
		fmt.Fprintln(out, "no conditions yet: is the operator running?")
		return
	}
	table := newTable(out)
	fmt.Fprintln(table, "CONDITION\tSTATUS\tSINCE\tREASON\tMESSAGE")
	for _, c := range conditions {
		since := duration.HumanDuration(now.Sub(c.LastTransitionTime.Time))
		writeRow(table, c.Type, string(c.Status), since, c.Reason, c.Message)
	}
	_ = table.Flush()
}

// writeRow prints a row of the table. The cells are untrusted and escaped.
func writeRow(table io.Writer, cells ...string) {
	for i, cell := range cells {
		cells[i] = terminal.EscapeLine(cell)
	}
	fmt.Fprintln(table, strings.Join(cells, "\t"))
}

func newTable(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
}
