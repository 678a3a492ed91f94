// Package status shows an OllamaDeployment's state at a glance.
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

// Write prints the phase, what holds it, the components and the conditions, with ages
// as of now.
func Write(w io.Writer, d *v1alpha1.OllamaDeployment, now time.Time, colored bool) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s/%s: %s, %s pods ready\n", terminal.Plain(d.Namespace), terminal.Plain(d.Name), phase(d.Status.Phase, colored), terminal.Plain(cmp.Or(d.Status.Ready, "no")))
	if d.Status.ObservedGeneration != d.Generation {
		fmt.Fprintf(&out, "the operator has not seen the latest change yet: this is about generation %d of %d\n", d.Status.ObservedGeneration, d.Generation)
	}
	for _, reason := range holding(d) {
		fmt.Fprintf(&out, "  %s\n", terminal.Plain(reason))
	}
	out.WriteString("\n")
	writeComponents(&out, d)
	out.WriteString("\n")
	writeConditions(&out, d.Status.Conditions, now)
	_, err := io.WriteString(w, out.String())
	return err
}

// phase is green, yellow or red.
func phase(p v1alpha1.Phase, colored bool) string {
	hue := color.FgRed
	switch p {
	case v1alpha1.PhaseReady:
		hue = color.FgGreen
	case v1alpha1.PhaseProgressing:
		hue = color.FgYellow
	}
	return terminal.Paint(colored, hue).Sprint(terminal.Plain(cmp.Or(string(p), "no phase")))
}

// holding is what keeps the object from being ready, each thing once: what will hardly
// go away by waiting first.
func holding(d *v1alpha1.OllamaDeployment) []string {
	var out []string
	seen := map[string]bool{}
	add := func(kind string, bad metav1.ConditionStatus) {
		c := meta.FindStatusCondition(d.Status.Conditions, kind)
		if c == nil || c.Status != bad {
			return
		}
		for _, part := range strings.Split(c.Message, "; ") {
			if !seen[part] {
				seen[part] = true
				out = append(out, part)
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
	row := func(c v1alpha1.Component, s *v1alpha1.DeploymentComponentStatus, replicas *int32, image, tag *string) {
		if s == nil {
			s = &v1alpha1.DeploymentComponentStatus{}
		}
		writeRow(table, string(c), fmt.Sprintf("%d/%d", s.ReadyReplicas, ptr.Deref(replicas, 0)),
			fmt.Sprint(s.UpdatedReplicas), fmt.Sprint(s.AvailableReplicas), ptr.Deref(image, "")+":"+ptr.Deref(tag, ""))
	}
	ollama := &d.Spec.Ollama
	row(v1alpha1.ComponentOllama, d.Status.OllamaStatus, ollama.Replicas, ollama.Image, ollama.ImageTag)
	if ui := d.Spec.OpenWebUI; ui.IsEnabled() {
		row(v1alpha1.ComponentOpenWebUI, d.Status.OpenWebUIStatus, ui.Replicas, ui.Image, ui.ImageTag)
	}
	if tabby := d.Spec.Tabby; tabby.IsEnabled() {
		row(v1alpha1.ComponentTabby, d.Status.TabbyStatus, tabby.Replicas, tabby.Image, tabby.ImageTag)
	}
	_ = table.Flush() // a strings.Builder takes everything
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

// writeRow quotes the cells: others may have written them.
func writeRow(table io.Writer, cells ...string) {
	for i, cell := range cells {
		cells[i] = terminal.Plain(cell)
	}
	fmt.Fprintln(table, strings.Join(cells, "\t"))
}

func newTable(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
}
