// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/models"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// A progressPrinter prints how far models are pulled. It prints a line when the phase of a model
// changes. In between, it keeps one line of a terminal up to date; elsewhere it prints a line for every
// tenth of the progress.
type progressPrinter struct {
	out io.Writer
	// width is the width of the terminal, 0 if there is none.
	width   int
	live    bool
	pace    status.Pace
	printed map[v1alpha1.OllamaModel]string
}

func newProgressPrinter(out io.Writer) *progressPrinter {
	p := &progressPrinter{out: out, printed: map[v1alpha1.OllamaModel]string{}}
	if file, ok := out.(*os.File); ok && terminal.ColorEnabled(out) {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			p.width = width
		}
	}
	return p
}

// print prints the progress of the models, or of all if there are none.
func (p *progressPrinter) print(d *v1alpha1.OllamaDeployment, names, waiting []v1alpha1.OllamaModel, now time.Time) {
	p.pace.Observe(d, now)
	o := status.Options{Now: now, Pace: &p.pace, Bars: p.width > 0}
	current := ""
	for _, m := range status.Models(d) {
		if len(names) > 0 && models.Find(names, m.Name) < 0 {
			continue
		}
		line := status.Line(m, o)
		isWaiting := models.Find(waiting, m.Name) >= 0
		if isWaiting && (current == "" || m.Phase == v1alpha1.ModelPulling) {
			current = line
		}
		step := p.step(m)
		if m.Phase == "" || p.printed[m.Name] == step || p.width > 0 && isWaiting && m.Message == "" {
			continue
		}
		p.printed[m.Name] = step
		p.clear()
		fmt.Fprintln(p.out, line)
	}
	p.printRemoved(d, waiting)
	if current != "" {
		p.show(current)
	}
}

// show shows a line of a terminal that is kept up to date, and nothing elsewhere.
func (p *progressPrinter) show(line string) {
	if p.width == 0 {
		return
	}
	p.clear()
	_, _ = io.WriteString(p.out, shorten(line, p.width-1))
	p.live = true
}

// removing is the step of a model that is to be deleted from the pods.
const removing = "removing"

// printRemoved prints which removed models are waited for, and which are deleted.
func (p *progressPrinter) printRemoved(d *v1alpha1.OllamaDeployment, waiting []v1alpha1.OllamaModel) {
	left := make([]v1alpha1.OllamaModel, 0, len(d.Status.RemovedModels))
	for _, m := range d.Status.RemovedModels {
		left = append(left, m.Name)
		if models.Find(waiting, m.Name) >= 0 && p.printed[m.Name] != removing {
			p.printed[m.Name] = removing
			fmt.Fprintln(p.out, terminal.EscapeLine(string(m.Name))+": still to be deleted from the pods")
		}
	}
	for name, step := range p.printed {
		if step == removing && models.Find(left, name) < 0 && models.Find(d.Spec.Ollama.Models, name) < 0 {
			delete(p.printed, name)
			fmt.Fprintln(p.out, terminal.EscapeLine(string(name))+": deleted")
		}
	}
}

// step is equal for states of a model of which only the first is printed.
func (p *progressPrinter) step(m v1alpha1.ModelStatus) string {
	tens := ""
	if len(m.Progress) == len("43%") && p.width == 0 {
		tens = m.Progress[:1]
	}
	return strings.Join([]string{string(m.Phase), m.Message, tens}, "\n")
}

// clear clears the line that is kept up to date.
func (p *progressPrinter) clear() {
	if p.live {
		_, _ = io.WriteString(p.out, "\r\x1b[K")
		p.live = false
	}
}

// end clears what is not to stay.
func (p *progressPrinter) end() { p.clear() }

// shorten cuts a line to the width, so that it does not wrap.
func shorten(line string, width int) string {
	runes := []rune(line)
	if len(runes) <= width {
		return line
	}
	return string(runes[:max(width, 0)])
}
