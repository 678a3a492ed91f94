// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package commands

import (
	"io/fs"
	"os"
	"syscall"
)

// copyOwner sets the owner of the file to that of another if the process runs as root; other
// users cannot change owners.
func copyOwner(file *os.File, like fs.FileInfo) error {
	owner, ok := like.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}
