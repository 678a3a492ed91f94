// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"text/template"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/geeper-io/llm-operator/test/node/dns"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// startTimeout is the timeout for containerd and the kubelet to become ready, for each of them.
const startTimeout = 60 * time.Second

// socket is where containerd listens.
const socket = "/run/containerd.sock"

// discard takes what HTTP servers say of clients that have gone.
var discard = log.New(io.Discard, "", 0)

//go:embed config
var configs embed.FS

// settings are what the files of config are filled with.
type settings struct {
	Dir, Socket, Group, Name, Kubeconfig string
	Address, Domain, PodRange            string
	PauseImage, ImageRegistry, PluginDir string
}

// startPrograms writes the configuration of all programs of the node, starts them and waits until the
// node is ready.
func (n *Node) startPrograms(root string) error {
	if err := n.writeConfigs(); err != nil {
		return err
	}
	if err := n.serveNames(); err != nil {
		return err
	}
	for name, args := range map[string][]string{
		"containerd": {"--config", n.file("containerd.toml")},
		"kube-proxy": {"--config", n.file("kube-proxy.yaml")},
	} {
		if err := n.StartProgram(name, filepath.Join(binaries(root), name), args...); err != nil {
			return err
		}
	}
	err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, startTimeout, true, func(context.Context) (bool, error) {
		_, err := os.Stat(socket)
		return err == nil, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for containerd: %w", err)
	}
	if err := n.StartKubelet(); err != nil {
		return err
	}
	if err := n.waitForReady(); err != nil {
		return err
	}
	return n.startFirewall(root)
}

// startFirewall starts what enforces network policies, which needs the addresses that the kubelet has
// reported. It lets pods without a policy be. Its service proxy and its router, which advisories are about
// (GHSA-phqm-jgc3-qf8g, GHSA-v5mh-h5hx-7v92), do not run.
func (n *Node) startFirewall(root string) error {
	return n.StartProgram("kube-router", filepath.Join(binaries(root), "kube-router"),
		"--run-firewall=true", "--run-router=false", "--run-service-proxy=false",
		"--kubeconfig="+n.Kubeconfig,
		"--hostname-override="+Name,
		"--service-cluster-ip-range="+sandbox.ServiceRange,
		"--health-port=0",
		"--v=1")
}

// StartKubelet starts the kubelet, also after StopProgram("kubelet").
func (n *Node) StartKubelet() error {
	path, err := programPath("kubelet")
	if err != nil {
		return err
	}
	return n.StartProgram("kubelet", path,
		"--config="+n.file("kubelet.yaml"),
		"--kubeconfig="+n.Kubeconfig,
		"--root-dir="+n.file("kubelet"),
		"--hostname-override="+Name,
		"--node-ip="+sandbox.NodeAddress,
		"--v=2")
}

func (n *Node) file(name string) string { return filepath.Join(sandbox.Dir, name) }

func (n *Node) writeConfigs() error {
	plugins, err := pluginDir()
	if err != nil {
		return err
	}
	s := settings{
		Dir: sandbox.Dir, Socket: socket, Group: sandbox.Group(), Name: Name, Kubeconfig: n.Kubeconfig,
		Address: sandbox.NodeAddress, Domain: dns.Domain, PodRange: sandbox.PodRange,
		PauseImage: pauseImage, ImageRegistry: "http://" + imageRegistry, PluginDir: plugins,
	}
	for source, target := range map[string]string{
		"containerd.toml": "containerd.toml", "hosts.toml": "certs.d/_default/hosts.toml",
		"bridge.conflist": "cni/bridge.conflist",
		"kubelet.yaml":    "kubelet.yaml", "kube-proxy.yaml": "kube-proxy.yaml",
		"resolv.conf": "resolv.conf",
	} {
		if err := s.write(source, n.file(target)); err != nil {
			return fmt.Errorf("writing %s: %w", target, err)
		}
	}
	return nil
}

func (s settings) write(source, target string) error {
	parsed, err := template.ParseFS(configs, "config/"+source)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, s); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	return os.WriteFile(target, out.Bytes(), 0o600)
}

// waitForReady waits until the kubelet has reported that the node is ready.
func (n *Node) waitForReady() error {
	client, err := kubernetes.NewForConfig(n.Config)
	if err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	err = wait.PollUntilContextTimeout(context.Background(), 100*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		node, err := client.CoreV1().Nodes().Get(ctx, Name, metav1.GetOptions{})
		return err == nil && ready(node), nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the kubelet: %w", err)
	}
	return nil
}

func ready(node *corev1.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
