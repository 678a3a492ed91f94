// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// ServiceRange is the CIDR range of Service addresses without a real node. It is part of the loopback
// network, so that a test can listen on Service addresses in place of kube-proxy.
const ServiceRange = "127.96.0.0/12"

// startTimeout is the timeout for etcd, the API server, the nodes and the webhooks to become ready,
// for each of them.
const startTimeout = 90 * time.Second

// nodeAPIServerPort is the port of the API server with a real node.
const nodeAPIServerPort = "6443"

// auditLog is the name of the audit log in the directory of logs.
const auditLog = "audit.log"

// operatorUser is the user name of the manager, which has exactly the permissions of config/rbac.
const operatorUser = "llm-operator"

// installedUser is the user name of the manager when it is installed from config/.
const installedUser = "system:serviceaccount:llm-operator-system:llm-operator-controller-manager"

// auditPolicy logs the requests of the operator only.
const auditPolicy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: Metadata
  users: ["` + operatorUser + `", "` + installedUser + `"]
- level: None
`

// A controlPlane is a running Kubernetes control plane without the operator.
type controlPlane struct {
	dir       string
	node      *Node // nil means nodes of KWOK
	env       *envtest.Environment
	logs      []*os.File
	processes []*process
	// apiServer is the restarted API server; nil while the one that envtest has started runs.
	apiServer *process
}

// startControlPlane starts etcd and the API server with envtest, and then the other components. All
// files are in dir. If it fails, it stops the components that it has started.
func startControlPlane(ctx context.Context, root, dir string, node *Node) (_ *controlPlane, err error) {
	c := &controlPlane{dir: dir, node: node}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	for _, dir := range []string{c.path("tmp"), c.path("log")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return c, fmt.Errorf("creating the cluster's directory: %w", err)
		}
	}
	// envtest stores its data and certificates in the directory for temporary files.
	if err := os.Setenv("TMPDIR", c.path("tmp")); err != nil {
		return c, err
	}
	if err := c.startAPIServer(root); err != nil {
		return c, err
	}
	if err := c.startComponents(root); err != nil {
		return c, err
	}
	return c, c.addNodes(ctx)
}

func (c *controlPlane) path(names ...string) string {
	return filepath.Join(append([]string{c.dir}, names...)...)
}

func (c *controlPlane) kubeconfig() string { return c.path("kubeconfig") }

func (c *controlPlane) config() *rest.Config { return c.env.Config }

func (c *controlPlane) startAPIServer(root string) error {
	env := &envtest.Environment{ControlPlaneStartTimeout: startTimeout, ControlPlaneStopTimeout: stopTimeout}
	server, etcd := env.ControlPlane.GetAPIServer(), &envtest.Etcd{}
	env.ControlPlane.Etcd = etcd
	for name, path := range map[string]*string{
		"kube-apiserver": &server.Path, "etcd": &etcd.Path, "kubectl": &env.ControlPlane.KubectlPath,
	} {
		found, err := binary(root, name)
		if err != nil {
			return err
		}
		*path = found
	}
	var err error
	if server.Out, err = c.logFile("kube-apiserver"); err != nil {
		return err
	}
	if etcd.Out, err = c.logFile("etcd"); err != nil {
		return err
	}
	server.Err, etcd.Err = server.Out, etcd.Out
	if err := os.WriteFile(c.path("audit-policy.yaml"), []byte(auditPolicy), 0o600); err != nil {
		return fmt.Errorf("writing the audit policy: %w", err)
	}
	// A directory of our own, unlike envtest's temporary one, outlives a restart.
	server.CertDir = c.path("certs")
	if err := os.MkdirAll(server.CertDir, 0o700); err != nil {
		return fmt.Errorf("creating the directory of certificates: %w", err)
	}
	etcd.Configure().Append("unsafe-no-fsync")
	server.Configure().
		// Replaces envtest's value, which disables ServiceAccount. TaintNodesByCondition is
		// disabled, because the controller that removes the taints of new nodes does not run
		// with simulated nodes.
		Set("disable-admission-plugins", "TaintNodesByCondition").
		// Enabled by some distributions: blockOwnerDeletion requires permission on finalizers.
		Set("enable-admission-plugins", "OwnerReferencesPermissionEnforcement").
		Set("audit-policy-file", c.path("audit-policy.yaml")).
		// Whoever reads the log by offsets, such as the benchmark, would wait for ever behind one that was
		// rotated, which happens at 100 MB by default and with 3,000 objects.
		Set("audit-log-maxsize", "10000").
		Set("audit-log-path", c.path("log", auditLog))
	if err := c.configureNetwork(server); err != nil {
		return err
	}
	c.env = env
	if _, err := env.Start(); err != nil {
		return fmt.Errorf("starting the API server: %w\n%s\n%s", err, tail(c.path("log", "etcd.log")), tail(c.path("log", "kube-apiserver.log")))
	}
	if err := os.WriteFile(c.path("ca.crt"), c.config().CAData, 0o600); err != nil {
		return fmt.Errorf("writing the CA certificate: %w", err)
	}
	if err := os.WriteFile(c.kubeconfig(), env.KubeConfig, 0o600); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	return nil
}

// configureNetwork sets where the API server listens and what it knows of the network of pods.
func (c *controlPlane) configureNetwork(server *envtest.APIServer) error {
	if c.node == nil {
		server.Configure().
			Set("service-cluster-ip-range", ServiceRange).
			// The Service "kubernetes" has no endpoints, because nothing uses it.
			Set("advertise-address", "127.0.0.1").
			Set("endpoint-reconciler-type", "none")
		return nil
	}
	_, services, err := net.ParseCIDR(c.node.ServiceRange)
	if err != nil {
		return fmt.Errorf("reading the range of Services: %w", err)
	}
	first := slices.Clone(services.IP)
	first[len(first)-1]++ // the Service "kubernetes"
	if server.CA, err = issueCertificates(server.CertDir, net.ParseIP(c.node.Address), first); err != nil {
		return err
	}
	server.Address, server.Port = c.node.Address, nodeAPIServerPort
	server.Configure().
		Set("service-cluster-ip-range", c.node.ServiceRange).
		Set("advertise-address", c.node.Address).
		// By default the node's name, which nothing resolves.
		Set("kubelet-preferred-address-types", "InternalIP")
	return nil
}

func (c *controlPlane) logFile(name string) (*os.File, error) {
	file, err := os.Create(c.path("log", name+".log"))
	if err != nil {
		return nil, fmt.Errorf("opening the log of %s: %w", name, err)
	}
	c.logs = append(c.logs, file)
	return file, nil
}

// checkRunning returns an error if a component has exited.
func (c *controlPlane) checkRunning() error {
	for _, p := range c.processes {
		if err := p.exitError(); err != nil {
			return err
		}
	}
	return nil
}

// stop stops all components, the API server and etcd last.
func (c *controlPlane) stop() error {
	var errs []error
	for _, p := range slices.Backward(c.processes) {
		errs = append(errs, p.stop())
	}
	if c.node != nil && c.env != nil && c.env.Config != nil {
		// Pods go on watching, and the API server would wait for them.
		_, _, err := c.killAPIServer()
		errs = append(errs, err)
	}
	errs = append(errs, c.apiServer.stop())
	if c.env != nil {
		// envtest may signal the API server that was just killed.
		if err := c.env.Stop(); c.node == nil || !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, err)
		}
	}
	for _, file := range c.logs {
		errs = append(errs, file.Close())
	}
	return errors.Join(errs...)
}
