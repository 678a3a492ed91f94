// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	// probePeriod is the period of the readiness probe of a replica, which is shorter than that of
	// config/manager.
	probePeriod = 200 * time.Millisecond
	// shutdownDelay is how long a replica serves after SIGTERM: the default, which exceeds the period of the probe of
	// config/manager.
	shutdownDelay = 5 * time.Second
)

// Replicas are several managers behind one address, as the pods of a Deployment behind a Service. They elect
// a leader.
type replicas struct {
	operator *operator
	balancer *balancer
	running  []*replica
	started  int
}

// A replica is one of several managers.
type replica struct {
	process *process
	// webhooks is the address of its webhook server.
	webhooks string
	ready    atomic.Bool
}

// startReplicas starts managers of the operator and waits until the API server can call their webhooks.
func startReplicas(ctx context.Context, o *operator, root string, count int) (*replicas, error) {
	r := &replicas{operator: o}
	if err := o.allowLeaderElection(ctx, root); err != nil {
		return r, err
	}
	var err error
	address := net.JoinHostPort(o.hooks.LocalServingHost, strconv.Itoa(o.hooks.LocalServingPort))
	if r.balancer, err = startBalancer(address); err != nil {
		return r, err
	}
	for range count {
		if err := r.add(ctx); err != nil {
			return r, err
		}
	}
	return r, o.waitForWebhooks(ctx, r.exitError)
}

// add starts a manager, waits until it is ready, and adds it to the balancer.
func (r *replicas) add(ctx context.Context) error {
	host := r.operator.hooks.LocalServingHost
	webhooks, err := freePort(host)
	if err != nil {
		return err
	}
	health, err := freePort(host)
	if err != nil {
		return err
	}
	r.started++
	args := slices.Concat(r.operator.arguments(webhooks), []string{
		"--leader-elect",
		"--health-probe-bind-address=" + net.JoinHostPort(host, health),
		"--shutdown-delay-duration=" + shutdownDelay.String(),
	}, r.operator.args)
	started := &replica{webhooks: net.JoinHostPort(host, webhooks)}
	if started.process, err = startProcess(r.operator.plane.path("log"), replicaName(r.started), r.operator.binary, args...); err != nil {
		return err
	}
	r.running = append(r.running, started)
	go started.probe("http://" + net.JoinHostPort(host, health) + "/readyz")
	err = wait.PollUntilContextTimeout(ctx, probePeriod, startTimeout, true, func(context.Context) (bool, error) {
		return started.ready.Load(), started.process.exitError()
	})
	if err != nil {
		return fmt.Errorf("waiting for %s: %w", started.process.name, err)
	}
	r.balancer.set(r.running)
	return nil
}

// replaceFirst starts a manager, and then stops the one that was started first.
func (r *replicas) replaceFirst(ctx context.Context) error {
	if err := r.add(ctx); err != nil {
		return err
	}
	first := r.running[0]
	if err := first.process.stop(); err != nil {
		return err
	}
	r.running = slices.Clone(r.running[1:])
	r.balancer.set(r.running)
	if !first.process.cmd.ProcessState.Success() {
		return first.process.exitError()
	}
	return nil
}

// probe runs the readiness probe until the process has ended. A replica that is not ready gets no new
// connections.
func (r *replica) probe(url string) {
	client := &http.Client{Timeout: time.Second}
	for r.process.running() {
		response, err := client.Get(url)
		if err == nil {
			_ = response.Body.Close()
		}
		r.ready.Store(err == nil && response.StatusCode == http.StatusOK)
		select {
		case <-r.process.done:
		case <-time.After(probePeriod):
		}
	}
	r.ready.Store(false)
}

// exitError returns an error if a manager has ended.
func (r *replicas) exitError() error {
	for _, replica := range r.running {
		if err := replica.process.exitError(); err != nil {
			return err
		}
	}
	return nil
}

func (r *replicas) stop() error {
	if r == nil {
		return nil
	}
	var errs []error
	for _, replica := range r.running {
		errs = append(errs, replica.process.stop())
	}
	return errors.Join(append(errs, r.balancer.stop())...)
}

// replicaName returns the name of the log of a replica, by the number of those that were started before and
// with it.
func replicaName(number int) string { return "manager-" + strconv.Itoa(number) }

// freePort returns a port that nothing listens at.
func freePort(host string) (string, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}
