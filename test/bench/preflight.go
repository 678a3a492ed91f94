// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// preflight measures how long "kubectl llm preflight" takes for all objects.
func (b *bench) preflight(ctx context.Context, o options) error {
	start := time.Now()
	cmd := exec.CommandContext(ctx, o.plugin, "preflight", "--kubeconfig", b.cluster.Kubeconfig, "-o", "json")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("running preflight: %w", err)
	}
	took := time.Since(start)
	var report struct {
		Summary map[string]int `json:"summary"`
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return fmt.Errorf("reading the report of preflight: %w", err)
	}
	if got := report.Summary["objects"]; got != o.objects {
		return fmt.Errorf("preflight has seen %d of %d objects", got, o.objects)
	}
	cpu, memory := cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), 0.0
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = float64(usage.Maxrss) * 1024 / 1e6
	}
	fmt.Printf("  kubectl llm preflight of %d objects: %.1f s, CPU time %.1f s, peak memory %.0f MB\n", o.objects, took.Seconds(), cpu.Seconds(), memory)
	b.figures.add("s/preflight", took.Seconds())
	return nil
}
