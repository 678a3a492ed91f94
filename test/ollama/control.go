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
	Number    int64     `json:"number,omitempty"`
	Away      bool      `json:"away,omitempty"`
	Kind      Kind      `json:"kind,omitempty"`
	Fault     Fault     `json:"fault,omitempty"`
}

// A controlResponse is what an operation returns.
type controlResponse struct {
	Error    string       `json:"error,omitempty"`
	Models   []string     `json:"models,omitempty"`
	Requests []Request    `json:"requests,omitempty"`
	Counts   map[Kind]int `json:"counts,omitempty"`
	Running  int          `json:"running,omitempty"`
	Started  int          `json:"started,omitempty"`
}

type operation string

const (
	opAddModel    operation = "add model"
	opRemoveModel operation = "remove model"
	opRefuse      operation = "refuse"
	opSetAway     operation = "set away"
	opSetRate     operation = "set rate"
	opRequests    operation = "requests"
	opModels      operation = "models"
	opDelete      operation = "delete"
	opInject      operation = "inject"
	opDownloads   operation = "downloads"
)

// AddModel adds a model to the registry, or replaces it, with another digest if the size differs.
func (c Control) AddModel(name string, size int64) error {
	_, err := c.send(controlRequest{Operation: opAddModel, Model: name, Number: size})
	return err
}

// RemoveModel removes a model from the registry.
func (c Control) RemoveModel(name string) error {
	_, err := c.send(controlRequest{Operation: opRemoveModel, Model: name})
	return err
}

// Refuse makes the registry answer requests for a model with an HTTP status.
func (c Control) Refuse(name string, status int) error {
	_, err := c.send(controlRequest{Operation: opRefuse, Model: name, Number: int64(status)})
	return err
}

// SetModelRate sets the rate of downloads of a model, or of all if the name is empty, in bytes per
// second; 0 means that a layer takes one Tick.
func (c Control) SetModelRate(name string, rate int64) error {
	_, err := c.send(controlRequest{Operation: opSetRate, Model: name, Number: rate})
	return err
}

// SetRegistryAway makes the registry unreachable, or reachable again.
func (c Control) SetRegistryAway(away bool) error {
	_, err := c.send(controlRequest{Operation: opSetAway, Away: away})
	return err
}

// Requests returns the latest requests of all pods, at least 5,000. Their Server is the address of
// the pod.
func (c Control) Requests() ([]Request, error) {
	response, err := c.send(controlRequest{Operation: opRequests})
	return response.Requests, err
}

// Counts returns the number of requests of all pods by kind since the beginning.
func (c Control) Counts() (map[Kind]int, error) {
	response, err := c.send(controlRequest{Operation: opRequests})
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

// Inject makes a pod misbehave at requests of a kind.
func (c Control) Inject(address string, kind Kind, fault Fault) error {
	_, err := c.send(controlRequest{Operation: opInject, Address: address, Kind: kind, Fault: fault})
	return err
}

// Downloads returns how many downloads of layers of a pod are running and have been started.
func (c Control) Downloads(address string) (running, started int, err error) {
	response, err := c.send(controlRequest{Operation: opDownloads, Address: address})
	return response.Running, response.Started, err
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
