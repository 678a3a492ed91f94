// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An output is a file that is written, or standard output. A file is written beside the old one, if there
// is one, and takes its place when it is complete: if that fails, there is nothing new.
type output struct {
	io.Writer
	// name is the name of the file, for messages.
	name string
	// file is nil for standard output.
	file *os.File
	// target is the file that file is renamed to, "" for a device or a pipe.
	target string
}

// createOutput creates the file of that name. If it is "-", out is the output.
func createOutput(name string, out io.Writer) (*output, error) {
	if name == stdout {
		return &output{Writer: out, name: "standard output"}, nil
	}
	o := &output{name: name}
	var err error
	switch info, statErr := os.Stat(name); {
	case errors.Is(statErr, fs.ErrNotExist):
		err = o.createBeside(name)
	case statErr != nil:
		err = statErr
	case info.IsDir():
		err = errors.New("is a directory, must be a file")
	case !info.Mode().IsRegular():
		o.file, err = os.OpenFile(name, os.O_WRONLY, 0)
	default:
		err = o.replace(name, info.Mode().Perm())
	}
	o.Writer = o.file
	return o, o.explain(err)
}

// createBeside creates a temporary file that is to be renamed to the target.
func (o *output) createBeside(target string) error {
	o.target = target
	temporary := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"."+strings.ToLower(rand.Text()[:8]))
	var err error
	o.file, err = os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // less the umask, as other tools do
	return err
}

// replace creates a temporary file that is to replace the file, to which links are followed.
func (o *output) replace(name string, mode fs.FileMode) error {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	if err := o.createBeside(target); err != nil {
		return err
	}
	return o.file.Chmod(mode)
}

// close ends the output. If writing has failed for the given reason, it removes the temporary file and
// returns the reason.
func (o *output) close(failed error) error {
	if o.file == nil {
		return o.explain(failed)
	}
	err := failed
	if err == nil && o.target != "" {
		err = o.file.Sync()
	}
	if closeErr := o.file.Close(); err == nil {
		err = closeErr
	}
	if o.target == "" {
		return o.explain(err)
	}
	if err == nil {
		err = os.Rename(o.file.Name(), o.target)
	}
	if err != nil {
		_ = os.Remove(o.file.Name()) // the first error is returned
	}
	return o.explain(err)
}

// explain puts the name of the file in front of errors that name the temporary one.
func (o *output) explain(err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return fmt.Errorf("writing %s: %w", o.name, err)
}
