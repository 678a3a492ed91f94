package cluster

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// optionsEnv carries the options to the supervisor, and makes it one.
const optionsEnv = "LLM_OPERATOR_CLUSTER"

// A command is what a supervisor takes on its standard input, a line of JSON each.
// It answers each with one line, an answer, but for detach: from then on it does
// not mind that its input ends.
type command struct {
	Name string   `json:"name"`
	Args []string `json:"args,omitempty"`
}

// Names of commands.
const (
	commandStopManager      = "stop manager"
	commandKillManager      = "kill manager"
	commandStartManager     = "start manager"
	commandRestartAPIServer = "restart the API server"
	commandRun              = "run"
	commandEnd              = "end"
	commandDetach           = "detach"
)

// order is what the supervisor is to do.
type order struct {
	Options
	Root string
	Dir  string
}

// answer is what the supervisor says on its standard output, a line of JSON.
type answer struct {
	Error string `json:"error,omitempty"`
}

// Supervise turns this process into the supervisor if it was started as one, and
// then never returns. Programs that use this package call it first of all.
func Supervise() {
	encoded := os.Getenv(optionsEnv)
	if encoded == "" {
		return
	}
	var o order
	err := json.Unmarshal([]byte(encoded), &o)
	if err == nil {
		err = o.supervise()
	}
	if err != nil {
		os.Exit(1) // the last answer says why
	}
	os.Exit(0)
}

// logsEnv is the directory that keeps the logs of clusters that have ended; without it they
// are removed.
const logsEnv = "LLM_OPERATOR_LOGS"

// saveLogs copies the logs into the directory that logsEnv names.
func (o order) saveLogs() error {
	dir := os.Getenv(logsEnv)
	if dir == "" {
		return nil
	}
	return os.CopyFS(filepath.Join(dir, filepath.Base(o.Dir)), os.DirFS(filepath.Join(o.Dir, "log")))
}

// supervise starts the cluster, says so, and stops it when it is told to or when
// whoever ordered it is gone. In every case it leaves nothing behind.
func (o order) supervise() (err error) {
	if err := os.Unsetenv(optionsEnv); err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	commands := make(chan command)
	go listen(cancel, commands)
	s := &supervisor{order: o}
	defer func() {
		err = errors.Join(err, s.stop(), o.saveLogs(), os.RemoveAll(o.Dir))
		// Whoever waits for the end hears how it went; nobody may be left to.
		_ = reply(err)
	}()
	if err := s.start(ctx); err != nil {
		return err
	}
	if err := reply(nil); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case given := <-commands:
			if err := reply(s.obey(ctx, given)); err != nil {
				return err
			}
		}
	}
}

// listen passes commands on. The end of the input means that nobody is left who
// could want the cluster, unless it was told to go on by itself.
func listen(cancel context.CancelFunc, commands chan<- command) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var next command
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			break
		}
		if next.Name == commandDetach {
			return
		}
		commands <- next
	}
	cancel()
}

func reply(err error) error {
	var a answer
	if err != nil {
		a.Error = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

// A supervisor is the running cluster.
type supervisor struct {
	order
	plane    *controlPlane
	operator *operator
	programs map[string]*process
}

func (s *supervisor) start(ctx context.Context) error {
	var err error
	if s.plane, err = startControlPlane(ctx, s.Root, s.Dir); err != nil {
		s.plane = nil
		return err
	}
	if s.Manager == "" {
		return nil
	}
	if s.operator, err = installOperator(s.plane, s.Root, s.Manager, s.ManagerArgs); err != nil {
		return err
	}
	return s.operator.start(ctx)
}

func (s *supervisor) obey(ctx context.Context, given command) error {
	switch {
	case given.Name == commandRestartAPIServer:
		return s.plane.restartAPIServer(ctx)
	case given.Name == commandRun:
		return s.run(given.Args[0], given.Args[1], given.Args[2:]...)
	case given.Name == commandEnd:
		return s.programs[given.Args[0]].stop()
	case s.operator == nil:
		return errors.New("there is no manager")
	case given.Name == commandStopManager:
		return s.operator.stop()
	case given.Name == commandKillManager:
		return s.operator.kill()
	case given.Name == commandStartManager:
		return s.operator.start(ctx, given.Args...)
	default:
		return fmt.Errorf("unknown command %q", given.Name)
	}
}

// run starts a program beside the cluster.
func (s *supervisor) run(name, path string, args ...string) (err error) {
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
	err = errors.Join(err, s.operator.stop())
	if s.plane != nil {
		err = errors.Join(err, s.plane.stop())
	}
	return err
}

// readAnswer is the supervisor's next answer.
func readAnswer(from *bufio.Reader) error {
	line, err := from.ReadBytes('\n')
	if err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the supervisor ended without an answer")
		}
		return fmt.Errorf("listening to the supervisor: %w", err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		return fmt.Errorf("listening to the supervisor: %w", err)
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return nil
}
