// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A node simulates the kubelet of one of the manager's pods. The container runs as a process with the
// container's arguments and the token of its ServiceAccount. The files of the Secret volume are
// updated with a delay, as on a real node.
type node struct {
	installation *installation
	name         string
	args         []string
	secret       corev1.SecretVolumeSource
	certs        string
	webhook      string
	metrics      string
	health       string
	ready        atomic.Bool
}

// Periods of a kubelet, shortened.
const (
	// secretDelay is the maximum delay of updates of the Secret volume.
	secretDelay = 2 * time.Second
	// probePeriod is the period of the readiness probe in config/manager.
	probePeriod = 2 * time.Second
)

// addNode starts a replica of the Deployment as a process.
func (i *installation) addNode(t *testing.T, number int, deployment *appsv1.Deployment) *node {
	t.Helper()
	pod := deployment.Spec.Template.Spec
	n := &node{
		installation: i,
		name:         fmt.Sprintf("manager-%d", number),
		args:         pod.Containers[0].Args,
		secret:       *pod.Volumes[0].Secret,
		certs:        filepath.Join(t.TempDir(), "certs"),
		webhook:      freeAddress(t), metrics: freeAddress(t), health: freeAddress(t),
	}
	require.NotEmpty(t, n.args)
	require.NoError(t, os.MkdirAll(n.certs, 0o700))
	kubeconfig := i.serviceAccountKubeconfig(t, pod.ServiceAccountName)
	_, port, err := net.SplitHostPort(n.webhook)
	require.NoError(t, err)
	n.args = append(n.args,
		"--kubeconfig="+kubeconfig, "--namespace="+systemNamespace, "--webhook-cert-dir="+n.certs,
		"--webhook-host=127.0.0.1", "--webhook-port="+port,
		"--metrics-bind-address="+n.metrics, "--health-probe-bind-address="+n.health)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	if n.secret.Optional == nil {
		require.Eventually(t, func() bool { return n.mount(ctx) }, patience, tick, "the Secret does not exist")
	}
	go n.syncSecret(ctx)
	go n.probeReadiness(ctx)
	require.NoError(t, n.start())
	return n
}

func (n *node) start() error {
	return n.installation.cluster.StartProgram(n.name, managerBinary, n.args...)
}

// stop terminates the pod as a rollout does. It must become unready before it ends.
func (n *node) stop(t *testing.T) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- n.installation.cluster.StopProgram(n.name) }()
	require.EventuallyWithT(t, func(c *assert.CollectT) { assert.False(c, n.ready.Load()) }, patience, tick, "the manager is still ready")
	require.NoError(t, <-ended)
}

// mount writes the Secret's keys to the directory atomically, as a kubelet does. It reports whether
// the files are up to date.
func (n *node) mount(ctx context.Context) bool {
	secret := &corev1.Secret{}
	if n.installation.client.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: n.secret.SecretName}, secret) != nil {
		return false
	}
	data := filepath.Join(n.certs, fmt.Sprintf("..%s", secret.ResourceVersion))
	if os.Mkdir(data, 0o700) != nil {
		return true // this version is mounted already
	}
	for key, value := range secret.Data {
		if os.WriteFile(filepath.Join(data, key), value, 0o600) != nil {
			return false
		}
		_ = os.Symlink(filepath.Join("..data", key), filepath.Join(n.certs, key))
	}
	next := filepath.Join(n.certs, "..next")
	return os.Symlink(filepath.Base(data), next) == nil && os.Rename(next, filepath.Join(n.certs, "..data")) == nil
}

// syncSecret mounts the Secret periodically.
func (n *node) syncSecret(ctx context.Context) {
	wait.UntilWithContext(ctx, func(ctx context.Context) { n.mount(ctx) }, secretDelay)
}

// probeReadiness runs the readiness probe periodically.
func (n *node) probeReadiness(ctx context.Context) {
	wait.UntilWithContext(ctx, func(context.Context) {
		response, err := http.Get("http://" + n.health + "/readyz")
		if err == nil {
			_ = response.Body.Close()
		}
		n.ready.Store(err == nil && response.StatusCode == http.StatusOK)
	}, probePeriod)
}

// serviceAccountKubeconfig writes a kubeconfig with a token of the ServiceAccount, and returns its
// path.
func (i *installation) serviceAccountKubeconfig(t *testing.T, name string) string {
	t.Helper()
	token := strings.TrimSpace(i.ok(t, "", "create", "token", name, "-n", systemNamespace))
	config := clientcmdapi.NewConfig()
	config.Clusters["c"] = &clientcmdapi.Cluster{Server: "https://" + strings.TrimPrefix(i.cluster.Config.Host, "https://"), CertificateAuthorityData: i.cluster.Config.CAData}
	config.AuthInfos["u"] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts["x"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "u"}
	config.CurrentContext = "x"
	path := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(*config, path))
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}
