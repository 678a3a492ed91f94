// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command bench measures the operator on a local control plane: the time until N OllamaDeployments
// with three components are ready, the requests to the API server, and the CPU time and memory of
// the manager. For comparison, a client applies the same children on a separate control plane
// without the operator, which is the fastest possible case (the baseline). The last line of the output has the figures
// in the format of Go's benchmarks.
//
// Benchmarks of single parts, such as admission, are in the tests of this package.
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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// options has the values of the command-line flags.
type options struct {
	objects     int
	concurrency int
	idle        time.Duration
	timeout     time.Duration
	manager     string
	plugin      string
	foreign     int
	only        string
}

func main() {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	var o options
	flag.IntVar(&o.objects, "objects", 300, "Number of OllamaDeployments, with three components each.")
	flag.IntVar(&o.concurrency, "concurrency", 10, "Number of OllamaDeployments that are created, and reconciled, concurrently.")
	flag.DurationVar(&o.idle, "idle", time.Minute, "How long to count requests while nothing changes.")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Minute, "Timeout of each phase.")
	flag.StringVar(&o.manager, "manager", filepath.Join("bin", "manager"), "Path of the manager's binary.")
	flag.StringVar(&o.plugin, "plugin", filepath.Join("bin", "kubectl-llm"), "Path of the binary of kubectl llm, of which preflight is measured.")
	flag.IntVar(&o.foreign, "foreign", 0, "Number of Secrets, of ConfigMaps and of pods of others in the cluster of the operator.")
	flag.StringVar(&o.only, "only", "", "Measure only the \"baseline\" or only the \"operator\"; empty means both.")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o options) run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	var baseline, operator times
	var measured figures
	var err error
	if o.only != "operator" {
		if baseline, err = o.measureBaseline(ctx); err != nil {
			return fmt.Errorf("measuring the baseline: %w", err)
		}
	}
	if o.only != "baseline" {
		if operator, measured, err = o.measureOperator(ctx); err != nil {
			return fmt.Errorf("measuring the operator: %w", err)
		}
	}
	if o.only == "" {
		children, ready := operator.children.Seconds()/baseline.children.Seconds(), operator.ready.Seconds()/baseline.ready.Seconds()
		fmt.Printf("\noperator to baseline: all children %.2f, all ready %.2f\n", children, ready)
		measured.add("children-ratio", children)
		measured.add("ready-ratio", ready)
	}
	fmt.Println()
	return measured.write(os.Stdout, o.objects)
}

// measureBaseline measures a client that applies the children on a cluster without the operator.
func (o options) measureBaseline(ctx context.Context) (t times, err error) {
	b, err := o.start(ctx, cluster.Options{})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, b.cluster.Stop()) }()
	fmt.Printf("baseline: a client applies the children of %d objects, %d concurrently ...\n", o.objects, o.concurrency)
	t, err = b.time(ctx, o, 0, b.createChildren)
	if err == nil {
		fmt.Printf("  all children after %s, all Deployments available after %s\n", t.children, t.ready)
	}
	return t, err
}

// measureOperator measures the operator, which creates the same children.
func (o options) measureOperator(ctx context.Context) (t times, f figures, err error) {
	manager, err := filepath.Abs(o.manager)
	if err != nil {
		return t, f, err
	}
	b, err := o.start(ctx, cluster.Options{Manager: manager, ManagerArgs: []string{
		fmt.Sprintf("--max-concurrent-reconciles=%d", o.concurrency),
	}})
	if err != nil {
		return t, f, err
	}
	defer func() { err = errors.Join(err, b.cluster.Stop()) }()
	if err := b.createForeign(ctx, o); err != nil {
		return t, f, err
	}
	fmt.Printf("operator: it reconciles %d objects, %d concurrently ...\n", o.objects, o.concurrency)
	if t, err = b.time(ctx, o, o.objects, b.createObjects); err != nil {
		return t, f, err
	}
	fmt.Printf("  all children after %s, all objects Ready after %s\n", t.children, t.ready)
	b.figures.add("s/children", t.children.Seconds())
	b.figures.add("s/ready", t.ready.Seconds())
	if err = b.report(ctx, o); err == nil {
		err = b.preflight(ctx, o)
	}
	return t, b.figures, err
}

// A bench is a cluster with a client.
type bench struct {
	cluster *cluster.Cluster
	client  client.WithWatch
	// owners own the children that a client applies, by namespace.
	owners []metav1.OwnerReference
	// asked counts the requests to Ollama that were printed.
	asked map[ollama.Kind]int
	// figures are what was measured.
	figures figures
}

// start starts a cluster with the namespaces of the benchmark.
func (o options) start(ctx context.Context, opts cluster.Options) (*bench, error) {
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
		err = b.createNamespaces(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return b, nil
}
