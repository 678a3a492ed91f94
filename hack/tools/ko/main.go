// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command ko builds the operator's image for all platforms, without a container engine, as
// one archive in the OCI image layout, and an SBOM (SPDX) for each platform.
//
// The image contains only the binary, which is statically linked and trusts only the
// certificate authority of the cluster.
package main

import (
	"archive/tar"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/ko/pkg/build"
)

// program names the binary by its import path.
const program = "ko://github.com/geeper-io/llm-operator/cmd/manager"

// user sets the UID and GID of the process, which does not run as root.
const user = "65532:65532"

func main() {
	root := flag.String("root", ".", "Root directory of the project.")
	platforms := flag.String("platforms", "linux/amd64,linux/arm64", "Comma-separated list of platforms.")
	out := flag.String("out", "dist", "Output directory of the archive and the SBOMs.")
	tag := flag.String("tag", "ghcr.io/geeper-io/llm-operator:latest", "Image reference in the archive.")
	trimpath := flag.Bool("trimpath", true, "Build with -trimpath.")
	flag.Parse()
	if err := run(context.Background(), *root, *out, *tag, strings.Split(*platforms, ","), *trimpath); err != nil {
		fmt.Fprintln(os.Stderr, "ko:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, out, tag string, platforms []string, trimpath bool) error {
	reference, err := name.NewTag(tag)
	if err != nil {
		return fmt.Errorf("reading the tag: %w", err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	base, err := emptyBase(platforms)
	if err != nil {
		return err
	}
	builder, err := build.NewGo(ctx, root,
		build.WithBaseImages(func(context.Context, string) (name.Reference, build.Result, error) {
			return name.MustParseReference("scratch"), base, nil
		}),
		build.WithPlatforms(platforms...),
		build.WithDefaultLdflags([]string{"-s", "-w"}),
		build.WithTrimpath(trimpath),
		build.WithUser(user),
		build.WithSPDX(""),
		build.WithSBOMDir(out),
	)
	if err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	result, err := builder.Build(ctx, program)
	if err != nil {
		return fmt.Errorf("building: %w", err)
	}
	return write(result, reference, filepath.Join(out, "image.tar"))
}

// emptyBase returns an empty base image for each platform.
func emptyBase(platforms []string) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, text := range platforms {
		platform, err := v1.ParsePlatform(text)
		if err != nil {
			return nil, fmt.Errorf("reading the platform %q: %w", text, err)
		}
		image, err := mutate.ConfigFile(mutate.MediaType(empty.Image, types.OCIManifestSchema1), &v1.ConfigFile{
			OS: platform.OS, Architecture: platform.Architecture, Variant: platform.Variant,
			RootFS: v1.RootFS{Type: "layers"},
		})
		if err != nil {
			return nil, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: platform}})
	}
	return index, nil
}

// write writes the image to an archive that skopeo, ctr, podman and docker can read.
func write(result build.Result, tag name.Tag, path string) (err error) {
	dir, err := os.MkdirTemp("", "image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	index, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	named := layout.WithAnnotations(map[string]string{
		"io.containerd.image.name":          tag.Name(),
		"org.opencontainers.image.ref.name": tag.TagStr(),
	})
	switch result := result.(type) {
	case v1.ImageIndex:
		err = index.AppendIndex(result, named)
	case v1.Image: // for a single platform
		err = index.AppendImage(result, named)
	}
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	archive := tar.NewWriter(file)
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(archive, dir, path)
	})
	return errors.Join(err, archive.Close())
}

// add adds a file to the archive, without time and owner, so that archives are
// reproducible.
func add(archive *tar.Writer, dir, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: filepath.ToSlash(relative), Mode: 0o644, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
