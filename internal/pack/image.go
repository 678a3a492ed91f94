// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"context"
	"errors"
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// MaxModels is the number of layers that an image can have for Docker; overlayfs and containerd allow more.
//
// Source: moby/moby, daemon/internal/layer/layer_store.go (maxLayerDepth).
const MaxModels = 125

// architectures are those that Ollama's image is published for. The layers are the same for all.
//
// containerd mounts what an index has for the node's platform (internal/cri/server,
// container_image_mount.go, v2.1.0 to v2.4.2). It would mount a single image of another platform as well,
// but does not unpack its layers when it pulls it (core/unpack/unpacker.go), and deletes them with
// discard_unpacked_layers. CRI-O selects from an index, too.
//
// Source: hub.docker.com/r/ollama/ollama/tags.
var architectures = []string{"amd64", "arm64"}

// An Image is an image of models, which is the same for the same models in the same order. Its blobs are
// read from the folder whenever it is written.
type Image struct {
	layers []*layer
	images []v1.Image
	index  v1.ImageIndex
	digest v1.Hash
}

// A Progress is called while the blobs of the model are read, with the share of all bytes that have been
// read, from 0 to 1. Every byte is read twice, by New and by Write.
type Progress func(model ollama.ModelName, share float64)

// New returns the image of the models, which has a layer for each model in their order. It reads all
// blobs. A blob that several models have is in the layer of the first. All errors in the manifests are
// returned, and one of the contents of the blobs.
func New(ctx context.Context, f Folder, models []Model, progress Progress) (*Image, error) {
	image := &Image{}
	var errs []error
	taken := map[string]bool{}
	for _, m := range models {
		l, err := newLayer(f, m, taken)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.Name, err))
			continue
		}
		image.layers = append(image.layers, l)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	image.reportTo(progress)
	for _, l := range image.layers {
		if err := l.check(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", l.model.Name, err)
		}
	}
	return image, image.build()
}

// reportTo has all layers report to the function.
func (i *Image) reportTo(progress Progress) {
	if progress == nil {
		return
	}
	var done, total int64
	for _, l := range i.layers {
		total += 2 * l.bytes()
	}
	for _, l := range i.layers {
		l.report = func(n int) {
			done += int64(n)
			progress(l.model.Name, float64(done)/float64(max(total, 1)))
		}
	}
}

// build makes an image of the layers for each architecture, and the index of these.
func (i *Image) build() error {
	i.index = mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, architecture := range architectures {
		platform := v1.Platform{OS: "linux", Architecture: architecture}
		image, err := imageOf(i.layers, platform)
		if err != nil {
			return fmt.Errorf("making the image: %w", err)
		}
		i.images = append(i.images, image)
		i.index = mutate.AppendManifests(i.index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &platform}})
	}
	var err error
	i.digest, err = i.index.Digest()
	return err
}

// imageOf returns an image of the layers, whose history names the models.
func imageOf(layers []*layer, platform v1.Platform) (v1.Image, error) {
	created := v1.Time{Time: time.Unix(0, 0).UTC()}
	base, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		OS: platform.OS, Architecture: platform.Architecture, Created: created, RootFS: v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, err
	}
	base = mutate.ConfigMediaType(mutate.MediaType(base, types.OCIManifestSchema1), types.OCIConfigJSON)
	adds := make([]mutate.Addendum, 0, len(layers))
	for _, l := range layers {
		adds = append(adds, mutate.Addendum{Layer: l, History: v1.History{Created: created, CreatedBy: "kubectl llm pack " + string(l.model.Name)}})
	}
	return mutate.Append(base, adds...)
}

// Digest returns the digest of the image.
func (i *Image) Digest() string { return i.digest.String() }

// Sizes returns the bytes that each model adds to the image, in their order.
func (i *Image) Sizes() []int64 {
	sizes := make([]int64, 0, len(i.layers))
	for _, l := range i.layers {
		sizes = append(sizes, l.size)
	}
	return sizes
}
