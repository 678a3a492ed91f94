// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Bounds of List.
const (
	listTimeout = 5 * time.Second
	maxList     = 2 << 20
	maxModels   = 2_000
	maxName     = 512
)

// A Model is a model that a server has.
type Model struct {
	// Name is the name as Ollama lists it: without the default host and namespace, with the tag.
	Name string
	// Digest is the SHA-256 of the manifest, in hexadecimal, and thus that of the registry. It is empty
	// if the server did not send one.
	Digest string
	// Size is the size of all layers in bytes.
	Size int64
	// ModifiedAt is when the manifest was written.
	ModifiedAt time.Time
}

// List returns the models that the server has. They include those that other servers have put on the
// same volume.
func (c *Client) List(ctx context.Context) ([]Model, error) {
	ctx, cancel := bounded(ctx, listTimeout)
	defer cancel()
	response, err := c.send(ctx, http.MethodGet, "/api/tags", nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body := &limitedReader{reader: response.Body, left: maxList}
	models, err := decodeModels(body)
	if err != nil {
		return nil, body.explain(ctx, err)
	}
	return models, nil
}

// errTooMany is the error of a list of more than maxModels models.
var errTooMany = fmt.Errorf("more than %d models", maxModels)

// decodeModels decodes {"models": […]} one model at a time, so that a small body cannot take much
// memory.
func decodeModels(body io.Reader) ([]Model, error) {
	decoder := json.NewDecoder(body)
	if err := expect(decoder, json.Delim('{')); err != nil {
		return nil, err
	}
	var models []Model
	found := false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		if key != "models" || found {
			var ignored json.RawMessage
			if err := decoder.Decode(&ignored); err != nil {
				return nil, err
			}
			continue
		}
		found = true
		if models, err = decodeArray(decoder); err != nil {
			return nil, err
		}
	}
	if err := expect(decoder, json.Delim('}')); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.Join(errors.New("something follows the list"), err)
	}
	if !found {
		return nil, errors.New("there is no list of models")
	}
	return models, nil
}

func decodeArray(decoder *json.Decoder) ([]Model, error) {
	opening, err := decoder.Token()
	if err != nil || opening == nil { // null
		return nil, err
	}
	if opening != json.Delim('[') {
		return nil, errors.New("the models are not a list")
	}
	var models []Model
	for n := 0; decoder.More(); n++ {
		if n == maxModels {
			return nil, errTooMany
		}
		var e entry
		if err := decoder.Decode(&e); err != nil {
			return nil, err
		}
		if validName(e.Name) {
			models = append(models, e.model())
		}
	}
	return models, expect(decoder, json.Delim(']'))
}

func expect(decoder *json.Decoder, want json.Delim) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("%q is missing", want.String())
	}
	return nil
}

// An entry is a Model as the server sends it.
type entry struct {
	Name       string    `json:"name"`
	Digest     string    `json:"digest"`
	Size       int64     `json:"size"`
	ModifiedAt time.Time `json:"modified_at"`
}

var hexDigest = regexp.MustCompile("^[0-9a-f]{64}$")

func (e entry) model() Model {
	digest := strings.TrimPrefix(e.Digest, "sha256:")
	if !hexDigest.MatchString(digest) {
		digest = ""
	}
	return Model{Name: e.Name, Digest: digest, Size: max(e.Size, 0), ModifiedAt: e.ModifiedAt}
}

// validName reports whether a name is kept. Ollama's own names always are.
func validName(name string) bool {
	return name != "" && len(name) <= maxName && !strings.ContainsFunc(name, unicode.IsControl)
}
