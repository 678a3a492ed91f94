// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"
	"io"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// A statusPrinter prints successive statuses of an object, separated by empty lines.
type statusPrinter struct {
	out  io.Writer
	pace *status.Pace
	last *v1alpha1.OllamaDeployment
}

// print prints the status, or only the models if nothing else has changed since the last one.
func (p *statusPrinter) print(d *v1alpha1.OllamaDeployment, now time.Time) error {
	if p.pace != nil {
		p.pace.Observe(d, now)
	}
	write, last := status.Write, p.last
	if p.last = withoutPulls(d); last != nil {
		fmt.Fprintln(p.out)
		if equality.Semantic.DeepEqual(last, p.last) {
			write = status.WriteModels
		}
	}
	if err := write(p.out, d, printOptions(p.out, p.pace, now)); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// printOptions returns the options for the output, which may be a terminal.
func printOptions(out io.Writer, pace *status.Pace, now time.Time) status.Options {
	return status.Options{Now: now, Colored: terminal.ColorEnabled(out), Bars: terminal.IsTerminal(out), Pace: pace}
}

// withoutPulls returns what a status has apart from how far models are pulled.
func withoutPulls(d *v1alpha1.OllamaDeployment) *v1alpha1.OllamaDeployment {
	d = d.DeepCopy()
	d.ObjectMeta = metav1.ObjectMeta{Generation: d.Generation}
	for i := range d.Status.Models {
		d.Status.Models[i].Progress, d.Status.Models[i].Size = "", nil
	}
	return d
}
