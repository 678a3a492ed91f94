package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Limits of the clients of the controller manager and the scheduler. With their
// defaults 600 Deployments of one pod take minutes, whatever the operator does.
const (
	componentQPS   = "300"
	componentBurst = "600"
)

// ServiceRange holds the addresses of Services. They are addresses of loopback, so
// that a test can listen on one as kube-proxy would, with no change of the network.
const ServiceRange = "127.96.0.0/12"

// startTimeout is how long etcd and the API server may take each.
const startTimeout = 90 * time.Second

// auditLog is the file, in the folder of logs, of all requests that the operator
// makes.
const auditLog = "audit.log"

// operatorUser is who the operator is for the API server, with the rights of
// config/rbac and no others.
const operatorUser = "llm-operator"

// installedUser is who it is for the API server when it is installed from config/.
const installedUser = "system:serviceaccount:llm-operator-system:llm-operator-controller-manager"

// auditPolicy records the operator's requests and nobody else's.
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

// A controlPlane is a running Kubernetes without the operator.
type controlPlane struct {
	dir       string
	env       *envtest.Environment
	logs      []*os.File
	processes []*process
	// restarted is the API server in the place of the one that envtest has started.
	restarted *process
}

// startControlPlane starts etcd and the API server through envtest, and the others
// beside them. It keeps all files below dir. On an error it has stopped what it
// had started.
func startControlPlane(ctx context.Context, root, dir string) (_ *controlPlane, err error) {
	c := &controlPlane{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	for _, folder := range []string{c.path("tmp"), c.path("log")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return c, fmt.Errorf("making the cluster's folder: %w", err)
		}
	}
	// envtest puts its data and certificates into the folder for temporary files.
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
	// In a folder of its own the certificates outlive a restart of the API server.
	server.CertDir = c.path("certs")
	if err := os.MkdirAll(server.CertDir, 0o700); err != nil {
		return fmt.Errorf("making the folder of certificates: %w", err)
	}
	etcd.Configure().Append("unsafe-no-fsync")
	server.Configure().
		// envtest turns off ServiceAccount, which the controller manager serves here.
		// The controller that would lift the taints of new nodes does not run.
		Set("disable-admission-plugins", "TaintNodesByCondition").
		// Some distributions have it on: who makes an owner reference that blocks a
		// deletion has to have the right to.
		Set("enable-admission-plugins", "OwnerReferencesPermissionEnforcement").
		Set("audit-policy-file", c.path("audit-policy.yaml")).
		Set("audit-log-path", c.path("log", auditLog)).
		Set("service-cluster-ip-range", ServiceRange).
		// Nothing reaches the API server through the Service "kubernetes".
		Set("advertise-address", "127.0.0.1").
		Set("endpoint-reconciler-type", "none")
	c.env = env
	if _, err := env.Start(); err != nil {
		return fmt.Errorf("starting the API server: %w\n%s\n%s", err, tail(c.path("log", "etcd.log")), tail(c.path("log", "kube-apiserver.log")))
	}
	if err := os.WriteFile(c.path("ca.crt"), c.config().CAData, 0o600); err != nil {
		return fmt.Errorf("writing the certificate authority: %w", err)
	}
	if err := os.WriteFile(c.kubeconfig(), env.KubeConfig, 0o600); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
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

// startComponents starts what envtest has not. None of them listens anywhere.
func (c *controlPlane) startComponents(root string) error {
	kubeconfig := "--kubeconfig=" + c.kubeconfig()
	for _, program := range []struct {
		name string
		args []string
	}{
		{"kube-controller-manager", []string{
			kubeconfig,
			"--secure-port=0",
			"--leader-elect=false",
			"--use-service-account-credentials",
			"--service-account-private-key-file=" + filepath.Join(c.env.ControlPlane.GetAPIServer().CertDir, "sa-signer.key"),
			"--root-ca-file=" + c.path("ca.crt"),
			// KWOK's nodes send no heartbeat that this would be content with.
			"--controllers=*,-node-lifecycle-controller",
			"--kube-api-qps=" + componentQPS, "--kube-api-burst=" + componentBurst,
		}},
		{"kube-scheduler", []string{
			kubeconfig,
			"--secure-port=0",
			"--leader-elect=false",
			"--kube-api-qps=" + componentQPS, "--kube-api-burst=" + componentBurst,
		}},
		{"kwok", []string{
			kubeconfig,
			"--config=" + filepath.Join(root, "bin", "k8s", "kwok.yaml"),
			"--manage-all-nodes",
			"--cidr=10.128.0.0/9",
			"--node-ip=127.0.0.1",
			"--node-lease-duration-seconds=0",
			"--server-address=",
		}},
	} {
		path, err := binary(root, program.name)
		if err != nil {
			return err
		}
		started, err := startProcess(c.path("log"), program.name, path, program.args...)
		if err != nil {
			return err
		}
		c.processes = append(c.processes, started)
	}
	return nil
}

// alive is the first component that has ended, as an error.
func (c *controlPlane) alive() error {
	for _, p := range c.processes {
		if err := p.exited(); err != nil {
			return err
		}
	}
	return nil
}

// stop ends all components, the API server last, so that none complains.
func (c *controlPlane) stop() error {
	var errs []error
	for _, p := range slices.Backward(c.processes) {
		errs = append(errs, p.stop())
	}
	errs = append(errs, c.restarted.stop())
	if c.env != nil {
		errs = append(errs, c.env.Stop())
	}
	for _, file := range c.logs {
		errs = append(errs, file.Close())
	}
	return errors.Join(errs...)
}
