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
	"os"
	"runtime"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

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
	ballast := tuneMemory()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&opts.zap)))
	err = run(ctrl.SetupSignalHandler(), opts)
	runtime.KeepAlive(ballast)
	if err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(1)
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
