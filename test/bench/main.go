// Command bench measures the operator on the embedded control plane: how long N
// objects of three components take, what the operator asks of the API server for
// them, and what it needs itself. Beside it, on a control plane of its own, a plain
// client creates the very same children, which is as fast as it can go.
//
// Benchmarks of single parts, such as admission, are tests of this package, run
// with go test -bench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
)

// namespace holds all that is measured.
const namespace = "bench"

// options are the command line.
type options struct {
	objects     int
	concurrency int
	rest        time.Duration
	timeout     time.Duration
	manager     string
	only        string
}

func main() {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	var o options
	flag.IntVar(&o.objects, "objects", 300, "How many OllamaDeployments, of three components each.")
	flag.IntVar(&o.concurrency, "concurrency", 10, "How many are created, and reconciled, at a time.")
	flag.DurationVar(&o.rest, "rest", time.Minute, "How long to look for requests at rest.")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Minute, "How long a phase may take.")
	flag.StringVar(&o.manager, "manager", filepath.Join("bin", "manager"), "The operator's binary.")
	flag.StringVar(&o.only, "only", "", "Measure only the plain \"client\" or only the \"operator\".")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o options) run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	var floor, ours times
	var err error
	if o.only != "operator" {
		if floor, err = o.measureFloor(ctx); err != nil {
			return fmt.Errorf("the plain client: %w", err)
		}
	}
	if o.only != "client" {
		if ours, err = o.measureOperator(ctx); err != nil {
			return fmt.Errorf("the operator: %w", err)
		}
	}
	if o.only == "" {
		fmt.Printf("\nall children, operator to plain client: %.2f; all ready: %.2f\n",
			ours.children.Seconds()/floor.children.Seconds(), ours.ready.Seconds()/floor.ready.Seconds())
	}
	return nil
}

// measureFloor has a plain client create the children, on a bare Kubernetes.
func (o options) measureFloor(ctx context.Context) (t times, err error) {
	b, err := start(ctx, cluster.Options{})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, b.cluster.Stop()) }()
	fmt.Printf("a plain client creates the children of %d objects, %d at a time ...\n", o.objects, o.concurrency)
	t, err = b.time(ctx, o, 0, b.createChildren)
	if err == nil {
		fmt.Printf("  all children after %s, all Deployments available after %s\n", t.children, t.ready)
	}
	return t, err
}

// measureOperator has the operator make them.
func (o options) measureOperator(ctx context.Context) (t times, err error) {
	manager, err := filepath.Abs(o.manager)
	if err != nil {
		return t, err
	}
	b, err := start(ctx, cluster.Options{Manager: manager, ManagerArgs: []string{
		fmt.Sprintf("--max-concurrent-reconciles=%d", o.concurrency),
	}})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, b.cluster.Stop()) }()
	fmt.Printf("the operator makes %d objects, %d at a time ...\n", o.objects, o.concurrency)
	if t, err = b.time(ctx, o, o.objects, b.createObjects); err != nil {
		return t, err
	}
	fmt.Printf("  all children after %s, all objects Ready after %s\n", t.children, t.ready)
	return t, b.report(ctx, o)
}

// A bench is a cluster that is measured.
type bench struct {
	cluster *cluster.Cluster
	client  client.WithWatch
}

func start(ctx context.Context, opts cluster.Options) (*bench, error) {
	c, err := cluster.Start(opts)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	b := &bench{cluster: c}
	err = errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme))
	if err == nil {
		b.client, err = client.NewWithWatch(c.Config, client.Options{Scheme: scheme})
	}
	if err == nil {
		err = b.createNamespace(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return b, nil
}
