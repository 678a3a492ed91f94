// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// A campaign is a cluster that is tested.
type campaign struct {
	options
	out     io.Writer
	dir     string
	tally   *tally
	proxy   *proxy
	cluster *cluster.Cluster
	api     client.Client
	record  *recorder
	oracle  *oracle
	viewer  *viewer
	slots   []slot
	users   []*user
	faults  *faults
	usage   []usage
}

// newCampaign starts a cluster whose managers reach the API server through a proxy.
func newCampaign(ctx context.Context, o options, out io.Writer) (*campaign, error) {
	dir, err := os.MkdirTemp("", "llm-operator-chaos-")
	if err != nil {
		return nil, fmt.Errorf("creating a directory: %w", err)
	}
	c := &campaign{options: o, out: out, dir: dir, tally: &tally{}, slots: slots(o.objects)}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// start starts the proxy and the cluster behind it.
func (c *campaign) start(ctx context.Context) error {
	manager, err := filepath.Abs(c.manager)
	if err != nil {
		return err
	}
	planted, err := plantsOf(c.plant)
	if err != nil {
		return err
	}
	if c.proxy, err = startProxy(c.dir, c.seed*1000-1, c.tally); err != nil {
		return err
	}
	c.proxy.plants = planted
	c.cluster, err = cluster.Start(cluster.Options{
		Manager: manager, ManagerArgs: []string{"--kubeconfig=" + c.proxy.kubeconfig()},
		Replicas: c.replicas, Profiles: true, CopyKubeconfig: c.proxy.credentials,
	})
	if err != nil {
		return err
	}
	return c.prepare(ctx, manager)
}

// run runs all rounds, and then deletes everything.
func (c *campaign) run(ctx context.Context) error {
	before, err := c.measure(ctx, "no objects")
	if err != nil {
		return err
	}
	for round := range c.rounds {
		if err := c.round(ctx, round); err != nil {
			return fmt.Errorf("round %d: %w", round+1, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if c.plant != "" {
		return nil // nothing recovers from a defect that is planted
	}
	c.judgeOperations()
	return c.drain(ctx, before)
}

// judgeOperations finds that nothing was ever created or edited: what the oracle looks at says nothing then.
func (c *campaign) judgeOperations() {
	for _, operation := range []string{"create", "edit"} {
		if c.tally.count(groupOperation, operation+": "+outcomeDone) == 0 {
			c.tally.violate("no %s of any client was done", operation)
		}
	}
}

// round is a storm, and then quiet until everything is as it has to be.
func (c *campaign) round(ctx context.Context, round int) error {
	begin, err := c.auditOffset()
	if err != nil {
		return err
	}
	if err := c.storm(ctx, 2*round < c.rounds); err != nil {
		return err
	}
	if err := c.calm(ctx, fmt.Sprintf("round %d", round+1)); err != nil {
		return err
	}
	if err := c.countRequests(begin); err != nil {
		return err
	}
	c.readLogs()
	_, err = c.measure(ctx, fmt.Sprintf("round %d", round+1))
	return err
}

// storm lets the clients and the faults run for a round's share of the duration.
func (c *campaign) storm(ctx context.Context, endManagers bool) error {
	storm, cancel := context.WithTimeout(ctx, c.duration/time.Duration(c.rounds))
	defer cancel()
	var users sync.WaitGroup
	for _, u := range c.users {
		users.Go(func() { u.run(storm) })
	}
	err := c.faults.run(storm, endManagers)
	cancel()
	users.Wait()
	return errors.Join(err, c.faults.end(ctx))
}

// calm waits until everything is as it has to be and the operator writes nothing. Whatever is not so in the end is a
// violation. With plants it need not wait until the end, since they only have to be found.
func (c *campaign) calm(ctx context.Context, title string) error {
	begin, said := time.Now(), 0*time.Second
	for ctx.Err() == nil {
		if err := c.faults.restartManagers(); err != nil {
			return err
		}
		found, err := c.look(ctx)
		since := time.Since(begin).Round(time.Second)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			_, _ = fmt.Fprintf(c.out, "%s: as it has to be after %s\n", title, since)
			return nil
		case since > c.settle || allShow(c.proxy.plants, found):
			for _, one := range found {
				c.tally.violate("%s: %s", title, one)
			}
			return nil
		case since > said+sayInterval:
			said = since
			_, _ = fmt.Fprintf(c.out, "%s: after %s, %d things are not as they have to be, such as: %s\n", title, since, len(found), found[0])
		}
	}
	return ctx.Err()
}

const (
	// lookInterval is the pause between two looks at a cluster that is not yet as it has to be.
	lookInterval = 2 * time.Second
	// sayInterval is the pause between two messages about it.
	sayInterval = 30 * time.Second
)

// look returns what is not as it has to be, or what the operator writes although it is.
func (c *campaign) look(ctx context.Context) (found []string, err error) {
	state, err := c.viewer.view(ctx)
	if err != nil {
		found = []string{err.Error()} // the API server may still be starting
	} else {
		found = c.oracle.judge(ctx, state)
	}
	if len(found) > 0 {
		wait(ctx, lookInterval)
		return found, nil
	}
	offset, err := c.auditOffset()
	if err != nil {
		return nil, err
	}
	wait(ctx, c.quiet)
	writes, err := c.writesSince(offset)
	for _, one := range writes {
		if !state.mayWrite(one) {
			found = append(found, "the operator writes: "+one.String())
		}
	}
	return found, err
}

// drain deletes all objects, and compares what the managers then need with what they needed in the beginning.
func (c *campaign) drain(ctx context.Context, before usage) error {
	for _, s := range c.slots {
		err := c.api.Delete(ctx, c.users[0].empty(s), client.PropagationPolicy(metav1.DeletePropagationBackground))
		if client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("deleting %s: %w", s, err)
		}
	}
	if err := c.calm(ctx, "after all deletions"); err != nil {
		return err
	}
	c.readLogs()
	return c.judgeGrowth(ctx, before)
}

func (c *campaign) violations() []string { return c.tally.violations() }

// report prints all figures.
func (c *campaign) report() {
	c.tally.write(c.out)
	writeUsage(c.out, c.usage)
}

func (c *campaign) stop() error {
	var err error
	if c.record != nil {
		c.record.stop()
	}
	if c.cluster != nil {
		err = c.cluster.Stop()
	}
	if c.proxy != nil {
		err = errors.Join(err, c.proxy.stop())
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}
