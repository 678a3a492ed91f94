// Command manager is the LLM Operator: the admission webhooks and the reconciler
// of OllamaDeployments.
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

// gcPercent makes the garbage collector run more often than by default. Nearly all of
// the memory is caches, which stay, and would be needed twice over; of processor time
// there is plenty. The variable GOGC overrules it.
const gcPercent = 30

// exitUsage is the exit status for a wrong command line, the flag package's own.
const exitUsage = 2

func main() {
	opts, err := parse(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return // the usage is printed
	case err != nil:
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(exitUsage)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	leaveHeadroom()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&opts.zap)))
	if err := run(ctrl.SetupSignalHandler(), opts); err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(1)
	}
}

// leaveHeadroom lowers the memory limit of GOMEMLIMIT, which the manifests set to the
// container's, to nine tenths of it: the kernel counts memory that Go does not.
func leaveHeadroom() {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		debug.SetMemoryLimit(limit / 10 * 9)
	}
}

// run serves until ctx ends, drains, and then stops in order.
func run(ctx context.Context, opts options) error {
	if err := opts.complete(); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("finding the cluster: %w", err)
	}
	d := &drain{}
	ctx = d.after(ctx, opts.drain)
	mgr, err := newManager(ctx, config, opts, d)
	if err != nil {
		return err
	}
	return mgr.Start(ctx)
}
