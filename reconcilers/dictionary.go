// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// A dictionary compresses texts that resemble it.
type dictionary struct{ text []byte }

// dictionaries has the dictionary for texts that resemble each other.
type dictionaries struct {
	mutex  sync.Mutex
	texts  int
	latest *dictionary
}

// next returns the dictionary for a text. The text becomes the dictionary itself when the number of texts has
// doubled: the first may be of an object that has just been created, and later ones are typical.
func (d *dictionaries) next(text []byte) *dictionary {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.texts++; d.texts&(d.texts-1) == 0 {
		d.latest = &dictionary{bytes.Clone(text)}
	}
	return d.latest
}

// compressor is shared, because one needs more memory than thousands of compressed texts.
var compressor struct {
	sync.Mutex
	*flate.Writer
	out bytes.Buffer
}

// compress returns the text compressed.
func (d *dictionary) compress(text []byte) ([]byte, error) {
	compressor.Lock()
	defer compressor.Unlock()
	compressor.out.Reset()
	if compressor.Writer == nil {
		w, err := flate.NewWriter(&compressor.out, flate.BestSpeed)
		if err != nil {
			return nil, fmt.Errorf("making a compressor: %w", err)
		}
		compressor.Writer = w
	}
	compressor.Reset(&compressor.out)
	_, err := compressor.Write(d.text)
	err = errors.Join(err, compressor.Flush())
	start := compressor.out.Len() // what follows refers to the dictionary, whose compressed form nobody needs
	_, writeErr := compressor.Write(text)
	if err := errors.Join(err, writeErr, compressor.Close()); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	return bytes.Clone(compressor.out.Bytes()[start:]), nil
}

// decompressors are readers of flate.
var decompressors sync.Pool

// decompress returns the text that was compressed.
func (d *dictionary) decompress(data string) ([]byte, error) {
	reader, _ := decompressors.Get().(io.ReadCloser)
	if reader == nil {
		reader = flate.NewReaderDict(strings.NewReader(data), d.text)
	} else if err := reader.(flate.Resetter).Reset(strings.NewReader(data), d.text); err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	defer decompressors.Put(reader)
	text, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	return text, nil
}
