// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package commands

import (
	"io/fs"
	"os"
)

// copyOwner does nothing on systems without Unix owners.
func copyOwner(*os.File, fs.FileInfo) error { return nil }
