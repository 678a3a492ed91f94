// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
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

// managersFile is the file, in the cluster's directory, with the running managers.
const managersFile = "managers.json"

// A Manager is one of the Replicas.
type Manager struct {
	// Name of its log.
	Name string `json:"name"`
	PID  int    `json:"pid"`
	// Profiles is the address of its pprof endpoint, if it has one.
	Profiles string `json:"profiles,omitempty"`
	// Metrics is the address of its metrics, if it serves them.
	Metrics string `json:"metrics,omitempty"`
}

// Replicas are several managers behind one address, as the pods of a Deployment behind a Service. They elect
// a leader.
type replicas struct {
	operator *operator
	balancer *balancer
	running  []*replica
	started  int
	// count is how many there have to be, and profiles and metrics whether they have these endpoints.
	count             int
	profiles, metrics bool
}

// A replica is one of several managers.
type replica struct {
	process *process
	// webhooks is the address of its webhook server.
	webhooks string
	// profiles is the address of its pprof endpoint, "" if it has none.
	profiles string
	// metrics is the address of its metrics, "" if it does not serve them.
	metrics string
	ready   atomic.Bool
}

// startReplicas starts managers of the operator and waits until the API server can call their webhooks.
func startReplicas(ctx context.Context, o *operator, root string, opts Options) (*replicas, error) {
	r := &replicas{operator: o, count: opts.Replicas, profiles: opts.Profiles, metrics: opts.Metrics}
	if err := o.allowLeaderElection(ctx, root); err != nil {
		return r, err
	}
	var err error
	address := net.JoinHostPort(o.hooks.LocalServingHost, strconv.Itoa(o.hooks.LocalServingPort))
	if r.balancer, err = startBalancer(address); err != nil {
		return r, err
	}
	for range r.count {
		if err := r.add(ctx); err != nil {
			return r, err
		}
	}
	return r, o.waitForWebhooks(ctx, r.exitError)
}

// add starts a manager and waits until it is ready.
func (r *replicas) add(ctx context.Context) error {
	started, err := r.launch()
	if err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, probePeriod, startTimeout, true, func(context.Context) (bool, error) {
		return started.ready.Load(), started.process.exitError()
	})
	if err != nil {
		return fmt.Errorf("waiting for %s: %w", started.process.name, err)
	}
	return nil
}

// launch starts a manager and adds it to the balancer.
func (r *replicas) launch() (*replica, error) {
	host := r.operator.hooks.LocalServingHost
	ports, err := freePorts(host, 4)
	if err != nil {
		return nil, err
	}
	r.started++
	health := net.JoinHostPort(host, ports[1])
	args := slices.Concat(r.operator.arguments(ports[0]), []string{
		"--leader-elect",
		"--health-probe-bind-address=" + health,
		"--shutdown-delay-duration=" + shutdownDelay.String(),
	}, r.operator.args)
	started := &replica{webhooks: net.JoinHostPort(host, ports[0])}
	if r.profiles {
		started.profiles = net.JoinHostPort(host, ports[2])
		args = append(args, "--pprof-bind-address="+started.profiles)
	}
	if r.metrics {
		started.metrics = net.JoinHostPort(host, ports[3])
		args = append(args, "--metrics-bind-address="+started.metrics, "--metrics-secure=false")
	}
	if started.process, err = startProcess(r.operator.plane.path("log"), replicaName(r.started), r.operator.binary, args...); err != nil {
		return nil, err
	}
	go started.probe("http://" + health + "/readyz")
	return started, r.set(append(slices.Clone(r.running), started))
}

// set sets the managers, and writes the list of those that run.
func (r *replicas) set(running []*replica) error {
	r.running = running
	r.balancer.set(running)
	managers := make([]Manager, 0, len(running))
	for _, one := range running {
		if one.process.running() {
			managers = append(managers, Manager{one.process.name, one.process.cmd.Process.Pid, one.profiles, one.metrics})
		}
	}
	data, err := json.Marshal(managers)
	if err != nil {
		return fmt.Errorf("encoding the list of managers: %w", err)
	}
	path := r.operator.plane.path(managersFile)
	if err := os.WriteFile(path+".part", data, 0o600); err != nil {
		return fmt.Errorf("writing the list of managers: %w", err)
	}
	return os.Rename(path+".part", path)
}

// handle executes a command that only replicas have.
func (r *replicas) handle(cmd command) error {
	switch cmd.Name {
	case commandKillReplica:
		return r.kill(cmd.Args[0])
	case commandRestartReplicas:
		return r.restart()
	default:
		return errors.New("the manager is one of several replicas")
	}
}

// kill kills a manager, and waits until it has ended.
func (r *replicas) kill(index string) error {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || len(r.running) == 0 {
		return fmt.Errorf("there is no replica %q", index)
	}
	process := r.running[i%len(r.running)].process
	if err := process.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing %s: %w", process.name, err)
	}
	<-process.done
	return r.set(r.running)
}

// restart starts a manager for each that has ended.
func (r *replicas) restart() error {
	alive := slices.DeleteFunc(slices.Clone(r.running), func(one *replica) bool { return !one.process.running() })
	if err := r.set(alive); err != nil {
		return err
	}
	for len(r.running) < r.count {
		if _, err := r.launch(); err != nil {
			return err
		}
	}
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
	if err := r.set(slices.Clone(r.running[1:])); err != nil {
		return err
	}
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

// freePorts returns different ports that nothing listens at.
func freePorts(host string, n int) ([]string, error) {
	ports := make([]string, 0, n)
	for range n {
		listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return nil, fmt.Errorf("finding a free port: %w", err)
		}
		defer listener.Close() // not before all are found, which could be the same port
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("finding a free port: %w", err)
		}
		ports = append(ports, port)
	}
	return ports, nil
}
