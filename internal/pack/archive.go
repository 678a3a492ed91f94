// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/distribution/reference"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Annotations of the image in the index of an archive, by which it gets its name.
//
// Source: containerd/containerd, core/images/annotations.go; opencontainers/image-spec, annotations.md.
const (
	annotationName = "io.containerd.image.name"
	annotationTag  = "org.opencontainers.image.ref.name"
)

// A Tag is the name of an image, with a tag.
type Tag struct{ reference.NamedTagged }

// ParseTag returns the name, with the tag "latest" if it has none.
func ParseTag(name string) (Tag, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return Tag{}, err
	}
	if _, isDigested := named.(reference.Digested); isDigested {
		return Tag{}, errors.New("must not have a digest")
	}
	tagged, ok := reference.TagNameOnly(named).(reference.NamedTagged)
	if !ok {
		return Tag{}, errors.New("must have a tag")
	}
	return Tag{tagged}, nil
}

// String returns the name as it is usually written, without Docker's default registry.
func (t Tag) String() string { return reference.FamiliarString(t.NamedTagged) }

// Write writes the image as an archive that is both an OCI image layout, with the image for all
// architectures, and what "docker save" wrote before it was one, with the image for the first. It fails if
// a blob has changed since New.
//
// Docker without containerd and Podman read manifest.json; Docker with it, containerd and Skopeo's
// oci-archive read index.json; crane reads manifest.json, or index.json of an unpacked archive.
//
// Source: opencontainers/image-spec, image-layout.md; moby/moby, daemon/internal/image/tarexport/load.go;
// containerd/containerd, core/images/archive/importer.go; containers/common, libimage/load.go;
// google/go-containerregistry, cmd/crane/cmd/push.go.
func (i *Image) Write(ctx context.Context, w io.Writer, tag Tag) error {
	a := archive{tar.NewWriter(w)}
	if err := a.json("oci-layout", map[string]string{"imageLayoutVersion": "1.0.0"}); err != nil {
		return err
	}
	if err := i.writeIndex(a, tag); err != nil {
		return err
	}
	for _, dir := range []string{"blobs/", "blobs/sha256/"} {
		if err := a.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o755}); err != nil {
			return err
		}
	}
	if err := a.raw(i.index); err != nil {
		return err
	}
	for _, image := range i.images {
		if err := a.image(image); err != nil {
			return err
		}
	}
	for _, l := range i.layers {
		if err := a.header(blobPath(l.digest), l.size); err != nil {
			return err
		}
		if err := l.copy(ctx, a); err != nil {
			return err
		}
	}
	return a.Close()
}

// writeIndex writes index.json and manifest.json, which have the name of the image.
func (i *Image) writeIndex(a archive, tag Tag) error {
	size, err := i.index.Size()
	if err != nil {
		return err
	}
	// There is no platform: importers would compare it with their own.
	if err := a.json("index.json", v1.IndexManifest{
		SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Manifests: []v1.Descriptor{{
			MediaType: types.OCIImageIndex, Digest: i.digest, Size: size,
			Annotations: map[string]string{annotationName: tag.NamedTagged.String(), annotationTag: tag.Tag()},
		}},
	}); err != nil {
		return err
	}
	config, err := i.images[0].ConfigName()
	if err != nil {
		return err
	}
	layers := make([]string, 0, len(i.layers))
	for _, l := range i.layers {
		layers = append(layers, blobPath(l.digest))
	}
	return a.json("manifest.json", tarball.Manifest{{Config: blobPath(config), RepoTags: []string{tag.String()}, Layers: layers}})
}

// blobPath returns the path of a blob in an archive.
func blobPath(digest v1.Hash) string { return "blobs/" + digest.Algorithm + "/" + digest.Hex }

// An archive is an archive that is written. All times and owners are zero.
type archive struct{ *tar.Writer }

func (a archive) header(name string, size int64) error {
	return a.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644})
}

func (a archive) file(name string, data []byte) error {
	if err := a.header(name, int64(len(data))); err != nil {
		return err
	}
	_, err := a.Write(data)
	return err
}

func (a archive) json(name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", name, err)
	}
	return a.file(name, data)
}

// raw writes a manifest or an index as a blob.
func (a archive) raw(m interface {
	Digest() (v1.Hash, error)
	RawManifest() ([]byte, error)
},
) error {
	digest, err := m.Digest()
	if err != nil {
		return err
	}
	data, err := m.RawManifest()
	if err != nil {
		return err
	}
	return a.file(blobPath(digest), data)
}

// image writes the manifest and the configuration of an image as blobs.
func (a archive) image(image v1.Image) error {
	if err := a.raw(image); err != nil {
		return err
	}
	name, err := image.ConfigName()
	if err != nil {
		return err
	}
	data, err := image.RawConfigFile()
	if err != nil {
		return err
	}
	return a.file(blobPath(name), data)
}
