// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// A version is the operator at a commit of main, from which an upgrade starts and to which it goes back.
type version struct {
	commit string
	// up and back list all pods that restart on the way to this commit, and back.
	up, back []restart
	// comesBack reports whether the way back is tested, too, which takes minutes.
	comesBack bool
}

// versions has the commits that this one is compatible with.
var versions = map[string]version{
	"before the pods ran on a real node": {
		commit: "9524be0fe221e40b828c2f47eee92c531677e3c8", up: restartsSinceRealNode,
	},
	"before plans": {commit: "c2d3cba8d04005e3550d00b5d639a74a515446ef", comesBack: true},
}

// missingHistory returns an error if the repository does not have one of the earlier commits.
func missingHistory() error {
	root, err := cluster.Root()
	if err != nil {
		return err
	}
	for _, v := range versions {
		if exec.Command("git", "-C", root, "cat-file", "-e", v.commit+"^{commit}").Run() != nil {
			return errors.New("the upgrade needs the history of the repository; run \"git fetch --unshallow\" in a clone of it")
		}
	}
	return nil
}

// A build is the project at a commit.
type build struct {
	// root is the directory of its files.
	root string
	// manager is the path of its manager.
	manager string
}

// build returns the project at the version's commit.
func (v version) build(t *testing.T) build {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	dir := t.TempDir()
	archive, manager := filepath.Join(dir, "earlier.tar"), filepath.Join(dir, "earlier-manager")
	for _, command := range [][]string{
		{"git", "-C", root, "archive", "--format=tar", "--output=" + archive, v.commit},
		{"tar", "-xf", archive, "-C", dir},
		{"go", "build", "-o", manager, "./cmd/manager"},
	} {
		cmd := exec.Command(command[0], slices.Clone(command[1:])...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "building the manager of commit %s: %s", v.commit, out)
	}
	return build{root: dir, manager: manager}
}

// buildToday returns this project, with its manager in dir.
func buildToday(dir string) (build, error) {
	root, err := cluster.Root()
	if err != nil {
		return build{}, err
	}
	manager, err := cluster.BuildManager(dir)
	if err != nil {
		return build{}, fmt.Errorf("building the manager of this commit: %w", err)
	}
	return build{root: root, manager: manager}, os.Chmod(manager, 0o700) //nolint:gosec // a program
}
