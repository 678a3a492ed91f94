// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/geeper-io/llm-operator/hack/release/archive"
	"github.com/geeper-io/llm-operator/hack/release/chart"
	"github.com/geeper-io/llm-operator/hack/release/notes"
)

// work is a release that is being made.
type work struct {
	release

	out       string
	platforms []platform
}

// A step makes some files of the release.
type step struct {
	name string
	do   func(*work, context.Context) error
}

// steps are in the order in which they are done: the checksums are of all files before.
var steps = []step{
	{"plugin", (*work).plugin},
	{"chart", (*work).chart},
	{"manifests", (*work).manifests},
	{"bundle", (*work).bundle},
	{"image", (*work).imageArchive},
	{"notes", (*work).writeNotes},
	{"checksums", (*work).checksums},
}

func stepNames() string {
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = step.name
	}
	return strings.Join(names, ",")
}

// selectSteps returns the steps of a comma-separated list, in their order; all of them for an empty one.
func selectSteps(list string) ([]step, error) {
	if list == "" {
		return steps, nil
	}
	var selected []step
	for name := range strings.SplitSeq(list, ",") {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.name == name }) {
			return nil, fmt.Errorf("%q is no step; the steps are %s", name, stepNames())
		}
	}
	for _, step := range steps {
		if slices.Contains(strings.Split(list, ","), step.name) {
			selected = append(selected, step)
		}
	}
	return selected, nil
}

func (w *work) chart(context.Context) error {
	files, err := readAll("charts/llm-operator")
	if err != nil {
		return err
	}
	files, err = chart.Files(files, chart.Release{
		Version: w.version, Prerelease: w.prerelease, Image: w.image(), Changes: notes.Entries(w.changes),
	})
	if err != nil {
		return err
	}
	var data bytes.Buffer
	if err := archive.TarGz(&data, files, w.created); err != nil {
		return err
	}
	return w.write("llm-operator-"+strings.TrimPrefix(w.version, "v")+".tgz", data.Bytes())
}

// readAll returns the files below a directory.
func readAll(dir string) ([]archive.File, error) {
	var files []archive.File
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path) //nolint:gosec // nobody else writes there meanwhile
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, archive.File{Name: filepath.ToSlash(name), Data: data})
		return err
	})
	return files, err
}

func (w *work) manifests(ctx context.Context) error {
	for name, config := range map[string]string{"install.yaml": "default", "install-self-signed.yaml": "self-signed"} {
		text, err := output(ctx, nil, "hack/manifests.sh", config, w.image())
		if err != nil {
			return err
		}
		if err := w.write(name, text); err != nil {
			return err
		}
	}
	return nil
}

// imageArchive writes the image in the OCI image layout, and a bill of materials of each platform.
func (w *work) imageArchive(ctx context.Context) error {
	out, err := filepath.Abs(w.out)
	if err != nil {
		return err
	}
	builder, err := filepath.Abs("bin/ko")
	if err != nil {
		return err
	}
	if _, err := output(ctx, nil, "go", "-C", "hack/tools", "build", "-o", builder, "./ko"); err != nil {
		return err
	}
	// The commit and the path of the checkout are not part of the program.
	_, err = output(ctx, []string{"GOFLAGS=-buildvcs=false -trimpath"}, builder, "-tag", w.image(), "-out", out)
	return err
}

func (w *work) writeNotes(context.Context) error {
	text := notes.Absolute(w.changes, repository+"/blob/"+w.version)
	return w.write("notes.md", []byte(text+"\n"))
}

// checksums writes a file that sha256sum --check reads.
func (w *work) checksums(context.Context) error {
	files, err := readAll(w.out)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, file := range files {
		// The files of the bundle are published as an archive.
		if !strings.Contains(file.Name, "/") {
			fmt.Fprintf(&text, "%s  %s\n", checksum(file.Data), file.Name)
		}
	}
	return w.write("checksums.txt", []byte(text.String()))
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
