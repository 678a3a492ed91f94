// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command chaos tests the operator with random changes and random faults: several clients create, edit, scale and
// delete objects, edit and delete their children, while managers are killed, the leader changes, the API server
// restarts, etcd hangs, requests of the managers fail in many ways, the webhooks go and come back, their certificate
// rotates, and Ollama servers lie or hang.
//
// A round is such a storm, then quiet, then the oracle: it knows from the stored objects alone what has to be in the
// cluster. Every decision follows from the seed; how they interleave does not.
//
// The clock of a manager in another process cannot jump; that of TestAnyOrder in reconcilers/models does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// options has the values of the command-line flags.
type options struct {
	seed     int64
	duration time.Duration
	rounds   int
	clients  int
	objects  int
	replicas int
	settle   time.Duration
	quiet    time.Duration
	manager  string
	plant    string
}

func main() {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	o := options{}
	flag.Int64Var(&o.seed, "seed", 0, "Seed of all decisions; 0 means one from the clock.")
	flag.DurationVar(&o.duration, "duration", 5*time.Minute, "Length of all storms together.")
	flag.IntVar(&o.rounds, "rounds", 4, "Number of storms. Managers are left running in the second half of them, so that growth shows.")
	flag.IntVar(&o.clients, "clients", 4, "Number of clients.")
	flag.IntVar(&o.objects, "objects", 12, "Number of names of objects, in each of two namespaces.")
	flag.IntVar(&o.replicas, "replicas", 2, "Number of managers, which elect a leader.")
	flag.DurationVar(&o.settle, "settle", 5*time.Minute, "How long the operator may take after a storm until everything is as it has to be.")
	flag.DurationVar(&o.quiet, "quiet", 15*time.Second, "How long it may then write nothing.")
	flag.StringVar(&o.manager, "manager", filepath.Join("bin", "manager"), "Path of the manager's binary.")
	flag.StringVar(&o.plant, "plant", "", "Defects of the operator to plant, of which each has to be found: "+strings.Join(plantNames(), ",")+".")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := o.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1) //nolint:gocritic // the context ends with the process
	}
}

// run runs the campaign. It returns an error if it cannot, and if the operator has violated an invariant.
func (o options) run(ctx context.Context, out io.Writer) (err error) {
	if o.seed == 0 {
		o.seed = time.Now().UnixNano() % 1e6
	}
	_, _ = fmt.Fprintf(out, "seed %d: %d rounds in %s, %d clients, 2 * %d objects, %d managers\n", o.seed, o.rounds, o.duration, o.clients, o.objects, o.replicas)
	c, err := newCampaign(ctx, o, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	if err := c.run(ctx); err != nil {
		return err
	}
	c.report()
	if found := c.violations(); len(found) > 0 {
		for _, one := range found {
			fmt.Fprintln(out, "VIOLATION:", one)
		}
		return fmt.Errorf("%d violations; repeat with: make chaos CHAOS=%q", len(found), o.command())
	}
	return nil
}

// command returns the flags that repeat the run.
func (o options) command() string {
	command := fmt.Sprintf("-seed %d -duration %s -rounds %d -clients %d -objects %d -replicas %d -settle %s -quiet %s",
		o.seed, o.duration, o.rounds, o.clients, o.objects, o.replicas, o.settle, o.quiet)
	if o.manager != "" {
		command += " -manager " + o.manager
	}
	if o.plant != "" {
		command += " -plant " + o.plant
	}
	return command
}
