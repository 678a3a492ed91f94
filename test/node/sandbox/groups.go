// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// groupRoot is where control groups are mounted: version 2 itself, or a directory for each controller
// of version 1.
const groupRoot = "/sys/fs/cgroup"

const groupPrefix = "llm-operator-node-"

// groupName returns the name of the control groups of the sandbox of a keeper.
func groupName(keeper int) string { return groupPrefix + strconv.Itoa(keeper) }

// Group returns the path of the control group of this sandbox, relative to those that are mounted.
func Group() string { return "/" + groupPrefix + os.Getenv(keeperEnv) }

// hierarchies returns the directories of the mounted hierarchies of control groups.
func hierarchies() ([]string, error) {
	if _, err := os.Stat(filepath.Join(groupRoot, "cgroup.controllers")); err == nil {
		return []string{groupRoot}, nil
	}
	found, err := filepath.Glob(filepath.Join(groupRoot, "*", "cgroup.procs"))
	if err != nil || len(found) == 0 {
		return nil, errors.Join(fmt.Errorf("no control groups are mounted on %s", groupRoot), err)
	}
	var dirs []string
	for _, file := range found {
		if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

// createGroups creates a control group in each hierarchy.
func createGroups(name string) error {
	dirs, err := hierarchies()
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		group := filepath.Join(dir, name)
		if err := os.Mkdir(group, 0o750); err != nil {
			return fmt.Errorf("creating a control group: %w", err)
		}
		// Version 1 starts processes in a group only if it has processors and memory.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			value, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				continue // another controller
			}
			if err := os.WriteFile(filepath.Join(group, file), value, 0o600); err != nil {
				return fmt.Errorf("setting %s: %w", file, err)
			}
		}
	}
	return nil
}

// deleteGroups deletes the control groups of the name with those below them. Their processes have
// ended, but may count for a moment.
func deleteGroups(name string) error {
	dirs, err := hierarchies()
	for _, dir := range dirs {
		group := filepath.Join(dir, name)
		deadline := time.Now().Add(5 * time.Second)
		failed := deleteTree(group)
		for failed != nil && time.Now().Before(deadline) {
			<-time.After(20 * time.Millisecond)
			failed = deleteTree(group)
		}
		err = errors.Join(err, failed)
	}
	return err
}

// deleteTree deletes a directory of directories, the deepest first; the files in them are virtual.
func deleteTree(root string) error {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && entry.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	for _, dir := range slices.Backward(dirs) {
		if failed := syscall.Rmdir(dir); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("deleting the control group %s: %w", dir, failed))
		}
	}
	return err
}

// deleteAbandoned deletes the control groups of keepers that have been killed together with outer, as
// far as possible.
func deleteAbandoned() {
	dirs, _ := hierarchies() // the keeper fails with the same error
	for _, dir := range dirs {
		groups, _ := filepath.Glob(filepath.Join(dir, groupPrefix+"*")) // fails for a bad pattern only
		for _, group := range groups {
			keeper, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(group), groupPrefix))
			if err == nil && syscall.Kill(keeper, 0) != nil {
				_ = deleteTree(group)
			}
		}
	}
}
