// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package images

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A File is a file of a layer. With a target it is a symbolic link.
type File struct {
	Data   []byte
	Mode   int64
	Target string
}

// Files returns a layer with the files, by their absolute paths, and their directories.
func Files(files map[string]File) ([]byte, error) {
	var out bytes.Buffer
	layer := tar.NewWriter(&out)
	made := map[string]bool{"/": true}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := addDirectories(layer, path.Dir(name), made); err != nil {
			return nil, err
		}
		file := files[name]
		header := &tar.Header{Name: name[1:], Mode: file.Mode, Size: int64(len(file.Data)), Typeflag: tar.TypeReg}
		if file.Target != "" {
			header.Typeflag, header.Linkname = tar.TypeSymlink, file.Target
		}
		if err := layer.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("adding %s: %w", name, err)
		}
		if _, err := layer.Write(file.Data); err != nil {
			return nil, fmt.Errorf("adding %s: %w", name, err)
		}
	}
	return out.Bytes(), layer.Close()
}

func addDirectories(layer *tar.Writer, dir string, made map[string]bool) error {
	if made[dir] {
		return nil
	}
	if err := addDirectories(layer, path.Dir(dir), made); err != nil {
		return err
	}
	made[dir] = true
	if err := layer.WriteHeader(&tar.Header{Name: dir[1:] + "/", Mode: 0o755, Typeflag: tar.TypeDir}); err != nil {
		return fmt.Errorf("adding %s: %w", dir, err)
	}
	return nil
}

// unused are directories of packages that no container needs.
var unused = []string{"./usr/share/doc/", "./usr/share/man/", "./usr/share/locale/", "./usr/share/info/"}

// Packages returns a layer with the files of the Debian packages in the directory. Their scripts do
// not run.
func Packages(dir string) ([]byte, error) {
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil {
		return nil, err
	}
	if len(debs) == 0 {
		return nil, fmt.Errorf("no Debian packages in %s", dir)
	}
	var out bytes.Buffer
	layer := tar.NewWriter(&out)
	for _, deb := range debs {
		if err := addPackage(layer, deb); err != nil {
			return nil, fmt.Errorf("reading %s: %w", filepath.Base(deb), err)
		}
	}
	return out.Bytes(), layer.Close()
}

func addPackage(layer *tar.Writer, deb string) error {
	cmd := exec.Command("dpkg-deb", "--fsys-tarfile", deb)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = copyFiles(layer, tar.NewReader(stdout))
	_, drained := io.Copy(io.Discard, stdout) // else dpkg-deb fails
	return errors.Join(err, drained, cmd.Wait())
}

func copyFiles(layer *tar.Writer, from *tar.Reader) error {
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(unused, func(dir string) bool { return strings.HasPrefix(header.Name, dir) }) {
			continue
		}
		header.Format = tar.FormatUnknown // whatever fits
		if err := layer.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(layer, from); err != nil {
			return err
		}
	}
}
