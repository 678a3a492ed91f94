// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

// configEnv is the environment variable with the supervisorConfig, in JSON. A process that has it is
// a supervisor.
const configEnv = "LLM_OPERATOR_CLUSTER"

// A command is a request to the supervisor, as a line of JSON on its standard input. The supervisor
// sends a response to every command except detach, after which it keeps running when its input ends.
type command struct {
	Name string   `json:"name"`
	Args []string `json:"args,omitempty"`
}

// Names of commands.
const (
	commandStopManager       = "stop manager"
	commandKillManager       = "kill manager"
	commandStartManager      = "start manager"
	commandRestartAPIServer  = "restart the API server"
	commandStartProgram      = "start program"
	commandStopProgram       = "stop program"
	commandApplyManifests    = "apply manifests"
	commandReplaceReplica    = "replace a replica"
	commandKillReplica       = "kill a replica"
	commandRestartReplicas   = "restart replicas"
	commandPauseEtcd         = "pause etcd"
	commandRotateCertificate = "rotate the certificate"
	commandDetach            = "detach"
)

// A supervisorConfig is the configuration of a supervisor.
type supervisorConfig struct {
	Options
	Root string
	Dir  string
}

// A response is the result of the start, a command or the stop, as a line of JSON on the standard
// output of the supervisor. An empty error means success.
type response struct {
	Error string `json:"error,omitempty"`
}

// Supervise runs the supervisor and exits if this process was started as one; otherwise it returns
// immediately. Programs that use this package have to call it first.
func Supervise() {
	encoded := os.Getenv(configEnv)
	if encoded == "" {
		return
	}
	var cfg supervisorConfig
	err := json.Unmarshal([]byte(encoded), &cfg)
	if err == nil {
		err = cfg.supervise()
	}
	if err != nil {
		os.Exit(1) // the last response contains the error
	}
	os.Exit(0)
}

// logsEnv is the directory that the logs of stopped clusters are saved to. They are deleted
// if it is not set.
const logsEnv = "LLM_OPERATOR_LOGS"

// saveLogs copies the logs to the directory of logsEnv.
func (cfg supervisorConfig) saveLogs() error {
	dir := os.Getenv(logsEnv)
	if dir == "" {
		return nil
	}
	return os.CopyFS(filepath.Join(dir, filepath.Base(cfg.Dir)), os.DirFS(filepath.Join(cfg.Dir, "log")))
}

// supervise starts the cluster and handles commands until a signal arrives or the input ends. It then
// stops all processes and deletes all files, also if the start fails.
func (cfg supervisorConfig) supervise() (err error) {
	if err := os.Unsetenv(configEnv); err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	commands := make(chan command)
	go readCommands(cancel, commands)
	s := &supervisor{supervisorConfig: cfg}
	defer func() {
		err = errors.Join(err, s.stop(), cfg.saveLogs(), os.RemoveAll(cfg.Dir))
		_ = respond(err) // the other process may have ended
	}()
	if err := s.start(ctx); err != nil {
		return err
	}
	if err := respond(nil); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case cmd := <-commands:
			if err := respond(s.handle(ctx, cmd)); err != nil {
				return err
			}
		}
	}
}

// readCommands sends the commands on standard input to the channel. It calls cancel when the input
// ends, because the process that uses the cluster has ended, unless the supervisor is detached.
func readCommands(cancel context.CancelFunc, commands chan<- command) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var cmd command
		if err := json.Unmarshal(lines.Bytes(), &cmd); err != nil {
			break
		}
		if cmd.Name == commandDetach {
			return
		}
		commands <- cmd
	}
	cancel()
}

// respond writes a response with the error, which may be nil.
func respond(err error) error {
	var r response
	if err != nil {
		r.Error = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// A supervisor owns the processes of a cluster.
type supervisor struct {
	supervisorConfig
	plane    *controlPlane
	ollama   *simulatedOllama // nil with a real node
	operator *operator
	replicas *replicas // nil if the operator is a single manager
	programs map[string]*process
}

func (s *supervisor) start(ctx context.Context) error {
	var err error
	if s.plane, err = startControlPlane(ctx, s.Root, s.Dir, s.Node); err != nil {
		s.plane = nil
		return err
	}
	if s.Node == nil {
		if s.ollama, err = simulateOllama(s.plane); err != nil {
			return err
		}
	}
	if s.Manager == "" {
		return nil
	}
	args, err := s.managerArgs(s.Manager)
	if err != nil {
		return err
	}
	if s.operator, err = installOperator(s.plane, s.managerRoot(), s.Manager, args); err != nil {
		return err
	}
	if s.CopyKubeconfig != "" {
		if err := copyFile(s.operator.kubeconfig(), s.CopyKubeconfig); err != nil {
			return err
		}
	}
	if s.Replicas > 0 {
		s.replicas, err = startReplicas(ctx, s.operator, s.managerRoot(), s.Options)
		return err
	}
	return s.operator.start(ctx)
}

// copyFile copies a file at once, so that nobody reads a part of it.
func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copying %s: %w", from, err)
	}
	part := to + ".part"
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return fmt.Errorf("copying %s: %w", from, err)
	}
	return os.Rename(part, to)
}

// managerArgs returns the additional flags of a manager. An earlier one may have no flag for the simulation of
// Ollama.
func (s *supervisor) managerArgs(manager string) ([]string, error) {
	help, err := exec.Command(manager, "--help").Output()
	if err != nil {
		return nil, fmt.Errorf("asking the manager for its flags: %w", err)
	}
	if s.ollama == nil || !bytes.Contains(help, []byte("-"+proxyFlag)) {
		return s.ManagerArgs, nil
	}
	return append([]string{"--" + proxyFlag + "=" + s.ollama.url}, s.ManagerArgs...), nil
}

// proxyFlag is the flag with the proxy through which a manager reaches Ollama.
const proxyFlag = "ollama-proxy-url"

// handle executes a command.
func (s *supervisor) handle(ctx context.Context, cmd command) error {
	switch {
	case cmd.Name == commandRestartAPIServer:
		return s.plane.restartAPIServer(ctx)
	case cmd.Name == commandPauseEtcd:
		return s.plane.pauseEtcd(ctx, cmd.Args[0])
	case cmd.Name == commandStartProgram:
		return s.startProgram(cmd.Args[0], cmd.Args[1], cmd.Args[2:]...)
	case cmd.Name == commandStopProgram:
		return s.programs[cmd.Args[0]].stop()
	case s.operator == nil:
		return errors.New("the cluster has no manager")
	case cmd.Name == commandApplyManifests:
		return s.operator.applyManifests(ctx, cmd.Args[0])
	case cmd.Name == commandReplaceReplica:
		return s.replaceReplica(ctx, cmd.Args[0])
	case cmd.Name == commandRotateCertificate:
		return s.operator.rotateCertificate(ctx)
	case s.replicas != nil:
		return s.replicas.handle(cmd)
	case cmd.Name == commandStopManager:
		return s.operator.stop()
	case cmd.Name == commandKillManager:
		return s.operator.kill()
	case cmd.Name == commandStartManager:
		return s.operator.start(ctx, cmd.Args...)
	default:
		return fmt.Errorf("unknown command %q", cmd.Name)
	}
}

// replaceReplica replaces the first replica by the given manager.
func (s *supervisor) replaceReplica(ctx context.Context, manager string) (err error) {
	if s.replicas == nil {
		return errors.New("the cluster has no replicas of the manager")
	}
	s.operator.binary = manager
	if s.operator.args, err = s.managerArgs(manager); err != nil {
		return err
	}
	return s.replicas.replaceFirst(ctx)
}

// startProgram starts a program that is stopped with the cluster.
func (s *supervisor) startProgram(name, path string, args ...string) (err error) {
	if s.programs == nil {
		s.programs = map[string]*process{}
	}
	s.programs[name], err = startProcess(s.plane.path("log"), name, path, args...)
	return err
}

func (s *supervisor) stop() error {
	var err error
	for _, program := range s.programs {
		err = errors.Join(err, program.stop())
	}
	err = errors.Join(err, s.replicas.stop(), s.operator.stop(), s.ollama.stop())
	if s.plane != nil {
		err = errors.Join(err, s.plane.stop())
	}
	return err
}

// readResponse reads the supervisor's next response and returns its error.
func readResponse(from *bufio.Reader) error {
	line, err := from.ReadBytes('\n')
	if err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the supervisor exited without a response")
		}
		return fmt.Errorf("reading a response of the supervisor: %w", err)
	}
	var r response
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("reading a response of the supervisor: %w", err)
	}
	if r.Error != "" {
		return errors.New(r.Error)
	}
	return nil
}
