// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Bounds of Copy, Delete and Version.
const (
	copyTimeout    = 20 * time.Second // of a manifest; the layers are not copied
	deleteTimeout  = 20 * time.Second // large files on network storage
	versionTimeout = 5 * time.Second
	maxVersion     = 64
)

// Delete deletes a model. It is no error if the server does not have it.
func (c *Client) Delete(ctx context.Context, model string) error {
	ctx, cancel := bounded(ctx, deleteTimeout)
	defer cancel()
	request := struct {
		Model string `json:"model"`
	}{model}
	response, err := c.send(ctx, http.MethodDelete, "/api/delete", request)
	if ReasonOf(err) == NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// Copy gives a model that the server has another name, too.
func (c *Client) Copy(ctx context.Context, source, destination string) error {
	ctx, cancel := bounded(ctx, copyTimeout)
	defer cancel()
	request := struct {
		Source      string `json:"source"`
		Destination string `json:"destination"`
	}{source, destination}
	response, err := c.send(ctx, http.MethodPost, "/api/copy", request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// Version returns the version of Ollama.
func (c *Client) Version(ctx context.Context) (string, error) {
	ctx, cancel := bounded(ctx, versionTimeout)
	defer cancel()
	response, err := c.send(ctx, http.MethodGet, "/api/version", nil)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body := &limitedReader{reader: response.Body, left: maxSmallBody}
	var answer struct {
		Version string `json:"version"`
	}
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return "", body.explain(ctx, err)
	}
	if answer.Version == "" {
		return "", newError(Protocol, "the answer has no version")
	}
	return clean(answer.Version, maxVersion), nil
}
