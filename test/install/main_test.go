// Package install tests the operator as it is installed: the manifests of config/
// and of the chart are applied as they are to a Kubernetes of their own, with the
// real cert-manager on it. The test plays what the embedded control plane lacks: the
// kubelet that runs the operator's pods as processes, with their ServiceAccount's
// token and their Secret's files, and the kube-proxy in front of them.
package install

import (
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// managerBinary is the operator that is installed.
var managerBinary string

func TestMain(m *testing.M) {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "llm-operator-manager-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if managerBinary, err = cluster.BuildManager(dir); err != nil {
		return fail(err)
	}
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "install:", err)
	return 1
}
