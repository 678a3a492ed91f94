// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command manager runs the LLM Operator: the admission webhooks and the controllers of
// OllamaDeployments.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime/debug"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

// gcPercent replaces the default of GOGC. It is lower than Go's 100, because nearly all memory is
// long-lived caches, which would otherwise need up to twice their size, and CPU time is plentiful.
const gcPercent = 30

// exitUsage reports usage errors, as in the flag package.
const exitUsage = 2

func main() {
	opts, err := parseOptions(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(exitUsage)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	reserveMemory()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&opts.zap)))
	if err := run(ctrl.SetupSignalHandler(), opts); err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(1)
	}
}

// reserveMemory lowers the limit of GOMEMLIMIT, which the manifests set to the memory limit of the
// container, by a tenth, because the kernel also counts memory that the Go runtime does not manage.
func reserveMemory() {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		debug.SetMemoryLimit(limit / 10 * 9)
	}
}

// run runs the manager until the shutdown delay has passed since ctx ended.
func run(ctx context.Context, opts options) error {
	if err := opts.complete(); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("loading the kubeconfig: %w", err)
	}
	shutdown := &shutdownDelay{}
	ctx = shutdown.withDelay(ctx, opts.shutdownDelay)
	mgr, err := newManager(ctx, config, opts, shutdown)
	if err != nil {
		return err
	}
	return mgr.Start(ctx)
}
