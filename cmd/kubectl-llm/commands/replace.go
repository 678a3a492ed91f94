// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile replaces the contents of a file atomically, and follows symbolic links. Mode
// and owner are preserved. If it fails, on a full disk for example, the file is unchanged.
func replaceFile(name string, data []byte) error {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return err
	}
	err = writeTemp(temporary, data, info)
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), target)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // the first error is returned
	}
	return err
}

// writeTemp sets the owner, mode and contents of the temporary file, and syncs it.
func writeTemp(file *os.File, data []byte, like fs.FileInfo) error {
	if err := copyOwner(file, like); err != nil {
		return err
	}
	if err := file.Chmod(like.Mode().Perm()); err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}
