package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// assetsEnv names a folder with etcd, kube-apiserver and kubectl of one's own, as
// setup-envtest prints it.
const assetsEnv = "KUBEBUILDER_ASSETS"

// Root is the top folder of the project, found upwards from the working folder.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the working folder: %w", err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "hack", "k8s", "go.mod")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("the working folder is not within the project")
}

// binary is the path of one of Kubernetes' programs: that of $KUBEBUILDER_ASSETS,
// else the one that "make k8s" builds.
func binary(root, name string) (string, error) {
	folders := []string{filepath.Join(root, "bin", "k8s")}
	if own := os.Getenv(assetsEnv); own != "" {
		folders = append([]string{own}, folders...)
	}
	for _, folder := range folders {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not built; run \"make k8s\"", name)
}
