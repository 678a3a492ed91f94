// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// controlPath is the path of requests to a Simulation itself.
const controlPath = "/control"

// maxControl bounds the bodies of control requests and their answers.
const maxControl = 16 << 20

// A Control controls a Simulation in another process.
type Control struct {
	// URL is the address of the proxy.
	URL string
}

// A controlRequest is an operation and what it is about.
type controlRequest struct {
	Operation operation `json:"operation"`
	Address   string    `json:"address,omitempty"` // of a pod
	Model     string    `json:"model,omitempty"`
	Size      int64     `json:"size,omitempty"`
	Kind      Kind      `json:"kind,omitempty"`
	Fault     Fault     `json:"fault,omitempty"`
}

// A controlResponse is what an operation returns.
type controlResponse struct {
	Error  string       `json:"error,omitempty"`
	Models []string     `json:"models,omitempty"`
	Counts map[Kind]int `json:"counts,omitempty"`
}

type operation string

const (
	opAddModel operation = "add model"
	opCounts   operation = "counts"
	opModels   operation = "models"
	opDelete   operation = "delete"
	opInject   operation = "inject"
	opHangUp   operation = "hang up"
)

// AddModel adds a model to the registry, or replaces it, with another digest if the size differs.
func (c Control) AddModel(name string, size int64) error {
	_, err := c.send(controlRequest{Operation: opAddModel, Model: name, Size: size})
	return err
}

// Counts returns the number of requests of all pods by kind since the beginning.
func (c Control) Counts() (map[Kind]int, error) {
	response, err := c.send(controlRequest{Operation: opCounts})
	return response.Counts, err
}

// Models returns the models of the pod with an address.
func (c Control) Models(address string) ([]string, error) {
	response, err := c.send(controlRequest{Operation: opModels, Address: address})
	return response.Models, err
}

// DeleteModel deletes a model of a pod, behind the operator's back.
func (c Control) DeleteModel(address, name string) error {
	_, err := c.send(controlRequest{Operation: opDelete, Address: address, Model: name})
	return err
}

// Inject makes the server of a pod misbehave at requests of a kind, until NoFault ends it.
func (c Control) Inject(address string, kind Kind, fault Fault) error {
	_, err := c.send(controlRequest{Operation: opInject, Address: address, Kind: kind, Fault: fault})
	return err
}

// HangUp cuts the connections of a pod. Requests that a fault has taken hold of would otherwise outlast it, until the
// client gives up.
func (c Control) HangUp(address string) error {
	_, err := c.send(controlRequest{Operation: opHangUp, Address: address})
	return err
}

func (c Control) send(request controlRequest) (response controlResponse, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	body, err := json.Marshal(request)
	if err != nil {
		return response, fmt.Errorf("encoding %q: %w", request.Operation, err)
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+controlPath, bytes.NewReader(body))
	if err != nil {
		return response, err
	}
	post.Close = true
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(post)
	if err != nil {
		return response, err
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxControl)).Decode(&response); err != nil {
		return response, fmt.Errorf("reading the answer to %q: %w", request.Operation, err)
	}
	if response.Error != "" {
		return response, fmt.Errorf("%s: %s", request.Operation, response.Error)
	}
	return response, nil
}
