// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Files in the cluster's directory.
const (
	operatorKubeconfig = "operator.kubeconfig"
	managerPIDFile     = "manager.pid"
)

// An operator is the manager on a control plane with its CRDs and webhook configurations.
type operator struct {
	plane   *controlPlane
	binary  string
	args    []string
	hooks   envtest.WebhookInstallOptions
	process *process
}

// installOperator installs the CRDs and webhook configurations of config/, and creates the user of
// the manager. envtest replaces the Service in the webhook configurations by a local URL and issues
// a certificate for it.
func installOperator(plane *controlPlane, root, manager string, args []string) (*operator, error) {
	o := &operator{plane: plane, binary: manager, args: args, hooks: envtest.WebhookInstallOptions{
		Paths:            []string{filepath.Join(root, "config", "webhook", "manifests.yaml")},
		LocalServingHost: "127.0.0.1",
	}}
	crds := envtest.CRDInstallOptions{
		Paths:              []string{filepath.Join(root, "config", "crd", "bases")},
		ErrorIfPathMissing: true,
		MaxTime:            startTimeout,
	}
	if _, err := envtest.InstallCRDs(plane.config(), crds); err != nil {
		return nil, fmt.Errorf("installing the CRDs: %w", err)
	}
	if err := o.hooks.Install(plane.config()); err != nil {
		return nil, fmt.Errorf("installing the webhook configurations: %w", err)
	}
	return o, o.addUser(root)
}

func (o *operator) kubeconfig() string { return o.plane.path(operatorKubeconfig) }

// start starts the manager and waits until the API server can call its webhooks. The extra flags
// override all others.
func (o *operator) start(ctx context.Context, extra ...string) error {
	port := strconv.Itoa(o.hooks.LocalServingPort)
	alone := []string{"--health-probe-bind-address=0", "--shutdown-delay-duration=0"}
	var err error
	if o.process, err = startProcess(o.plane.path("log"), "manager", o.binary, slices.Concat(o.arguments(port), alone, o.args, extra)...); err != nil {
		return err
	}
	pid := strconv.Itoa(o.process.cmd.Process.Pid)
	if err := os.WriteFile(o.plane.path(managerPIDFile), []byte(pid), 0o600); err != nil {
		return fmt.Errorf("writing the process ID of the manager: %w", err)
	}
	return o.waitForWebhooks(ctx, o.process.exitError)
}

// arguments returns the flags that all managers have, of one whose webhook server binds to the port.
func (o *operator) arguments(port string) []string {
	return []string{
		"--kubeconfig=" + o.kubeconfig(),
		"--namespace=" + v1alpha1.OperatorNamespace,
		"--webhook-host=" + o.hooks.LocalServingHost,
		"--webhook-port=" + port,
		"--webhook-cert-dir=" + o.hooks.LocalServingCertDir,
		"--metrics-bind-address=0",
		"--zap-devel=false",
	}
}

// waitForWebhooks waits until the webhooks are served and a dry-run create passes admission. It fails when
// exited returns an error, because the manager has ended.
func (o *operator) waitForWebhooks(ctx context.Context, exited func() error) error {
	c, err := newClient(o.plane.config())
	if err != nil {
		return err
	}
	probe := &v1alpha1.OllamaDeployment{
		ObjectMeta: metav1.ObjectMeta{Name: "probe", Namespace: "default"},
		Spec:       v1alpha1.OllamaDeploymentSpec{Ollama: v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"probe:latest"}}},
	}
	var last error
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		if err := exited(); err != nil {
			return false, err
		}
		if !o.serving() {
			return false, nil // the API server may not call the webhooks yet, and would let the object pass
		}
		last = c.Create(ctx, probe.DeepCopy(), client.DryRunAll)
		return last == nil || apierrors.IsAlreadyExists(last), nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the webhooks: %w", errors.Join(err, last))
	}
	return nil
}

// serving reports whether the webhook server accepts connections.
func (o *operator) serving() bool {
	address := net.JoinHostPort(o.hooks.LocalServingHost, strconv.Itoa(o.hooks.LocalServingPort))
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // only tests the handshake
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (o *operator) stop() error {
	if o == nil {
		return nil
	}
	return o.process.stop()
}

// kill kills the manager and waits until it has ended.
func (o *operator) kill() error {
	if err := o.process.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("killing the manager: %w", err)
	}
	<-o.process.done
	return nil
}
