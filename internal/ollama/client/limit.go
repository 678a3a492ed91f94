// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A limitedReader reads at most left bytes and remembers how it ended.
type limitedReader struct {
	reader io.Reader
	left   int64
	err    error
}

// errTooLarge is the error of a body that exceeds its limit.
var errTooLarge = errors.New("the answer is too large")

// Read reads from the reader, until the limit is exceeded.
func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, errTooLarge
	}
	// One byte more than is left shows whether the limit is exceeded.
	n, err := l.reader.Read(p[:min(int64(len(p)), l.left+1)])
	l.left -= int64(n)
	if l.left < 0 {
		err = errTooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}

// explain returns the error of an answer that could not be decoded.
func (l *limitedReader) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(l.err, errTooLarge):
		return newError(Protocol, errTooLarge.Error())
	case l.err != nil:
		return bodyError(ctx, l.err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return newError(Protocol, "the answer ended too early")
	default:
		return newError(Protocol, fmt.Sprintf("the answer is not Ollama's: %s", err))
	}
}
