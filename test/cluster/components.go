// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import "path/filepath"

// Client rate limits of the controller manager and the scheduler. With the defaults, rollouts of 600
// Deployments take minutes, regardless of the operator.
const (
	componentQPS   = "300"
	componentBurst = "600"
)

// startComponents starts the components that envtest does not start. They do not open ports.
func (c *controlPlane) startComponents(root string) error {
	for _, component := range c.components(root) {
		path, err := binary(root, component.name)
		if err != nil {
			return err
		}
		args := append([]string{"--kubeconfig=" + c.kubeconfig()}, component.args...)
		started, err := startProcess(c.path("log"), component.name, path, args...)
		if err != nil {
			return err
		}
		c.processes = append(c.processes, started)
	}
	return nil
}

// A component is a program and its flags.
type component struct {
	name string
	args []string
}

func (c *controlPlane) components(root string) []component {
	common := []string{
		"--secure-port=0",
		"--leader-elect=false",
		"--kube-api-qps=" + componentQPS, "--kube-api-burst=" + componentBurst,
	}
	manager := append([]string{
		"--use-service-account-credentials",
		"--service-account-private-key-file=" + filepath.Join(c.env.ControlPlane.GetAPIServer().CertDir, "sa-signer.key"),
		"--root-ca-file=" + c.path("ca.crt"),
	}, common...)
	if c.node != nil {
		return []component{{"kube-controller-manager", manager}, {"kube-scheduler", common}}
	}
	return []component{
		// KWOK's nodes do not send the heartbeats that the node-lifecycle-controller expects.
		{"kube-controller-manager", append(manager, "--controllers=*,-node-lifecycle-controller")},
		{"kube-scheduler", common},
		{"kwok", []string{
			"--config=" + filepath.Join(root, "bin", "k8s", "kwok.yaml"),
			"--manage-all-nodes",
			"--cidr=10.128.0.0/9",
			"--node-ip=127.0.0.1",
			"--node-lease-duration-seconds=0",
			"--server-address=",
		}},
	}
}
