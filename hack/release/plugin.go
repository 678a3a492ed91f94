// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"os"
	"path/filepath"

	"github.com/geeper-io/llm-operator/hack/release/archive"
	"github.com/geeper-io/llm-operator/hack/release/krew"
	"github.com/geeper-io/llm-operator/hack/release/sbom"
)

// versionVariable is set by the linker.
const versionVariable = "github.com/geeper-io/llm-operator/cmd/kubectl-llm/commands.release"

// plugin writes an archive of the plugin and its bill of materials for each platform, and krew's manifest of them.
func (w *work) plugin(ctx context.Context) error {
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var archives []krew.Archive
	for _, platform := range w.platforms {
		path := filepath.Join(dir, platform.program())
		if err := w.build(ctx, platform, path); err != nil {
			return err
		}
		sum, err := w.pack(platform, path, license)
		if err != nil {
			return err
		}
		archives = append(archives, krew.Archive{
			OS: platform.os, Arch: platform.arch, URI: w.url(platform.archive(w.version)), SHA256: sum, Program: platform.program(),
		})
	}
	manifest, err := krew.Manifest(w.version, archives)
	if err != nil {
		return err
	}
	return w.write("llm.yaml", manifest)
}

// build builds the plugin. Nothing of the machine is in it.
func (w *work) build(ctx context.Context, target platform, path string) error {
	_, err := output(ctx, []string{"CGO_ENABLED=0", "GOOS=" + target.os, "GOARCH=" + target.arch},
		"go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -X "+versionVariable+"="+w.version, "-o", path, "./cmd/kubectl-llm")
	return err
}

// pack writes the archive of a program and its bill of materials, and returns the checksum of the archive.
func (w *work) pack(target platform, path string, license []byte) (string, error) {
	program, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	write := archive.TarGz
	if target.os == "windows" {
		write = archive.Zip
	}
	var data bytes.Buffer
	err = write(&data, []archive.File{
		{Name: target.program(), Data: program, Executable: true}, {Name: "LICENSE", Data: license},
	}, w.created)
	if err != nil {
		return "", err
	}
	name := target.archive(w.version)
	if err := w.write(name, data.Bytes()); err != nil {
		return "", err
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		return "", err
	}
	sum := checksum(data.Bytes())
	bill, err := sbom.SPDX(sbom.Subject{Name: name, Version: w.version, URL: w.url(name), SHA256: sum, Created: w.created}, info)
	if err != nil {
		return "", err
	}
	return sum, w.write(name+".spdx.json", bill)
}
