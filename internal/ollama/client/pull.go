// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// Bounds of Pull.
const (
	maxLine = 64 << 10
	// maxIdleBytes is how much of the answer may come without progress. Ollama sends about 1 MB within
	// DefaultStallAfter.
	maxIdleBytes = 4 << 20
	maxLayers    = 1_000
	maxDigest    = 128
	// progressInterval is the time between two reports of progress. Ollama sends a line every 60 ms.
	progressInterval = 500 * time.Millisecond
)

// Pull pulls a model and returns when the server has it under its name. It takes as long as there is
// progress: a change of the status or of the bytes. Ollama goes on with a partial download at the next
// Pull, and stops when the context is canceled, unless others pull the same. A model that is pulled under
// another name is copied, and the other name is deleted.
//
// If progress is not nil, it is called at most every 500 ms, at the end of each layer, and when the
// model is there. It must not block.
func (c *Client) Pull(ctx context.Context, model ollama.Download, progress func(Progress)) error {
	if err := c.pull(ctx, model, progress); err != nil || !model.IsMirrored() {
		return err
	}
	if err := c.Copy(ctx, model.From, model.Model); err != nil {
		return err
	}
	return c.Delete(ctx, model.From)
}

func (c *Client) pull(ctx context.Context, model ollama.Download, progress func(Progress)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := newWatch(c, cancel)
	defer watch.stop()
	request := struct {
		Model    string `json:"model"`
		Insecure bool   `json:"insecure,omitempty"`
		Stream   bool   `json:"stream"`
	}{model.From, model.Insecure, true}
	response, err := c.send(ctx, http.MethodPost, "/api/pull", request)
	if err != nil {
		return pullError(err)
	}
	defer response.Body.Close()
	reports := &reporter{report: progress}
	lines := bufio.NewReaderSize(response.Body, maxLine)
	var pulled stream
	for !pulled.done {
		line, err := lines.ReadSlice('\n')
		if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
			return endError(ctx, err)
		}
		event, err := pulled.next(line)
		if err != nil {
			return err
		}
		if err := watch.saw(len(line), event, pulled.status); err != nil {
			return err
		}
		reports.saw(event, pulled.progress)
	}
	return nil
}

// pullError returns the error of a pull that did not start.
func pullError(err error) error {
	var failed *Error
	if errors.As(err, &failed) && failed.Reason == Server {
		return &Error{Reason: Registry, Message: failed.Message}
	}
	return err
}

// endError returns the error of an answer that ended before the model was pulled.
func endError(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return newError(Protocol, fmt.Sprintf("a line of the answer is longer than %d bytes", maxLine))
	case errors.Is(err, io.EOF):
		return newError(Protocol, "the answer ended before the model was pulled")
	default:
		return bodyError(ctx, err)
	}
}

// A watch cancels a pull that makes no progress.
type watch struct {
	client *Client
	timer  *time.Timer
	idle   int
}

func newWatch(c *Client, cancel context.CancelCauseFunc) *watch {
	stalled := func() { cancel(newError(Stalled, "the pull makes no progress")) }
	return &watch{client: c, timer: time.AfterFunc(c.StallAfter, stalled)}
}

func (w *watch) stop() { w.timer.Stop() }

// saw notes a line of the answer. It returns an error if too many came without progress.
func (w *watch) saw(size int, e event, status string) error {
	if !e.changed {
		if w.idle += size; w.idle > maxIdleBytes {
			return newError(Stalled, "the answer goes on without progress")
		}
		return nil
	}
	w.idle = 0
	after := w.client.StallAfter
	if strings.HasPrefix(status, "verifying") {
		after = w.client.VerifyStallAfter
	}
	w.timer.Reset(after)
	return nil
}

// A reporter passes progress on, but not every line.
type reporter struct {
	report func(Progress)
	last   time.Time
}

func (r *reporter) saw(e event, progress Progress) {
	if r.report == nil || !e.changed {
		return
	}
	now := time.Now()
	if now.Sub(r.last) < progressInterval && !e.layerEnded && !e.done {
		return
	}
	r.last = now
	r.report(progress)
}
