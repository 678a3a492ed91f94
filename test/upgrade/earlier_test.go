// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// earlierCommit is the commit of main that the upgrade starts from: the last one before the pods ran on a
// real node.
const earlierCommit = "9524be0fe221e40b828c2f47eee92c531677e3c8"

// missingHistory returns an error if the repository does not have the earlier commit.
func missingHistory() error {
	root, err := cluster.Root()
	if err != nil {
		return err
	}
	if exec.Command("git", "-C", root, "cat-file", "-e", earlierCommit+"^{commit}").Run() != nil {
		return errors.New("the upgrade needs the history of the repository; run \"git fetch --unshallow\" in a clone of it")
	}
	return nil
}

// buildEarlier writes the files of the earlier commit to dir and returns the path of its manager.
func buildEarlier(dir string) (string, error) {
	root, err := cluster.Root()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	archive, manager := filepath.Join(dir, "earlier.tar"), filepath.Join(dir, "earlier-manager")
	build := exec.Command("go", "build", "-o", manager, "./cmd/manager")
	build.Dir = dir
	for _, cmd := range []*exec.Cmd{
		exec.Command("git", "-C", root, "archive", "--format=tar", "--output="+archive, earlierCommit),
		exec.Command("tar", "-xf", archive, "-C", dir),
		build,
	} {
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building the manager of commit %s: %w\n%s", earlierCommit, err, out)
		}
	}
	return manager, nil
}
