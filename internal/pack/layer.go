// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// root is the folder of the image that the folders of Ollama are in.
const root = "models"

// A layer is the files of one model as a layer of an image: an uncompressed tar archive, because weights
// hardly compress. Its bytes are never in memory; they are read from the folder whenever they are needed.
// It implements v1.Layer.
type layer struct {
	folder   Folder
	model    Model
	manifest []byte
	// blobs are those that no layer below has.
	blobs []descriptor
	// report is called with each number of bytes of blobs that were read.
	report func(n int)

	// digest and size are those of the archive.
	digest v1.Hash
	size   int64
}

// newLayer reads the manifest of the model and checks that the folder has its blobs, in the right size.
// Blobs that are in taken are left out, and the others are added to it. The digest of the layer is not
// known yet.
func newLayer(f Folder, m Model, taken map[string]bool) (*layer, error) {
	data, err := f.read(m.manifest, maxManifest)
	if err != nil {
		return nil, err
	}
	blobs, err := parseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.manifest, err)
	}
	l := &layer{folder: f, model: m, manifest: data}
	for _, blob := range blobs {
		size, err := f.size(blob.file())
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w; pull the model again", err)
		case err != nil:
			return nil, err
		case size != blob.Size:
			return nil, fmt.Errorf("%s: has %d bytes, but must have %d by the manifest; delete it and pull the model again", blob.file(), size, blob.Size)
		}
		if !taken[blob.Digest] {
			taken[blob.Digest] = true
			l.blobs = append(l.blobs, blob)
		}
	}
	slices.SortFunc(l.blobs, func(a, b descriptor) int { return strings.Compare(a.Digest, b.Digest) })
	return l, nil
}

// bytes returns the number of bytes of the blobs.
func (l *layer) bytes() (sum int64) {
	for _, blob := range l.blobs {
		sum += blob.Size
	}
	return sum
}

// check reads the whole layer, and sets its digest and size. It fails if a blob does not have the
// digest that the manifest says.
func (l *layer) check(ctx context.Context) error {
	digest, count := sha256.New(), &counter{}
	if err := l.write(ctx, io.MultiWriter(digest, count), true); err != nil {
		return err
	}
	l.digest, l.size = hashOf(digest), count.n
	return nil
}

// copy writes the layer. It fails if it is not the same as when it was checked.
func (l *layer) copy(ctx context.Context, w io.Writer) error {
	digest := sha256.New()
	if err := l.write(ctx, io.MultiWriter(w, digest), false); err != nil {
		return err
	}
	if hashOf(digest) != l.digest {
		return fmt.Errorf("%s: the model was changed while it was packed", l.model.Name)
	}
	return nil
}

// write writes the layer, with everything that could differ from one copy of the folder to another set
// to fixed values.
func (l *layer) write(ctx context.Context, w io.Writer, verify bool) error {
	archive := tar.NewWriter(w)
	var dirs []string
	for dir := path.Join(root, path.Dir(l.model.manifest)); dir != "."; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
	}
	dirs = append(dirs, path.Join(root, blobsFolder))
	slices.Sort(dirs)
	for _, dir := range dirs {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o555}); err != nil {
			return err
		}
	}
	if err := archive.WriteHeader(fileHeader(l.model.manifest, int64(len(l.manifest)))); err != nil {
		return err
	}
	if _, err := archive.Write(l.manifest); err != nil {
		return err
	}
	for _, blob := range l.blobs {
		if err := l.writeBlob(ctx, archive, blob, verify); err != nil {
			return err
		}
	}
	return archive.Close()
}

// fileHeader returns the header of a file of the folder.
func fileHeader(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: path.Join(root, name), Size: size, Mode: 0o444}
}

// writeBlob copies a blob to the archive.
func (l *layer) writeBlob(ctx context.Context, archive *tar.Writer, blob descriptor, verify bool) error {
	name := blob.file()
	file, size, err := l.folder.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if size != blob.Size {
		return fmt.Errorf("%s: was changed while the model was packed", name)
	}
	if err := archive.WriteHeader(fileHeader(name, size)); err != nil {
		return err
	}
	var in io.Reader = &reader{ctx, name, file, l.report}
	digest := sha256.New()
	if verify {
		in = io.TeeReader(in, digest)
	}
	switch _, err := io.CopyN(archive, in, size); {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s: was changed while the model was packed", name)
	case err != nil:
		return err
	}
	if got := hashOf(digest); verify && got.String() != blob.Digest {
		return fmt.Errorf("%s: is damaged, its digest is %s; delete it and pull the model again", name, got)
	}
	return nil
}

// A reader reads a file until the context ends, and reports how much it has read.
type reader struct {
	ctx    context.Context // io.Reader has no parameter for it
	name   string
	file   io.Reader
	report func(n int)
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(p)
	if r.report != nil {
		r.report(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = explain(r.name, err)
	}
	return n, err
}

// A counter counts the bytes that are written to it.
type counter struct{ n int64 }

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// hashOf returns the digest of what was written to the hash.
func hashOf(sum hash.Hash) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum.Sum(nil))}
}

// Digest implements v1.Layer.
func (l *layer) Digest() (v1.Hash, error) { return l.digest, nil }

// DiffID implements v1.Layer. It is the digest, because the layer is not compressed.
func (l *layer) DiffID() (v1.Hash, error) { return l.digest, nil }

// Size implements v1.Layer.
func (l *layer) Size() (int64, error) { return l.size, nil }

// MediaType implements v1.Layer.
func (l *layer) MediaType() (types.MediaType, error) { return types.OCIUncompressedLayer, nil }

// Compressed implements v1.Layer. The layer is not compressed.
func (l *layer) Compressed() (io.ReadCloser, error) { return l.Uncompressed() }

// Uncompressed implements v1.Layer.
func (l *layer) Uncompressed() (io.ReadCloser, error) {
	out, in := io.Pipe()
	go func() { in.CloseWithError(l.copy(context.Background(), in)) }()
	return out, nil
}
