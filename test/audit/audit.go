// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package audit reads the API server's audit log of the operator's requests.
package audit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// A Request is an audit event of a request by the operator.
type Request struct {
	// Verb is the Kubernetes verb, such as get, list, watch, create or patch.
	Verb string `json:"verb"`
	// Stage is ResponseStarted for a watch that is still open, else ResponseComplete.
	Stage string `json:"stage"`
	// Object is the target of the request.
	Object struct {
		Group       string `json:"apiGroup"`
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	// Annotations include the authorization decision.
	Annotations map[string]string `json:"annotations"`
}

// Resource returns the resource and subresource, as a role names them. It is empty for requests
// without a resource, such as discovery.
func (r Request) Resource() string {
	return strings.TrimSuffix(r.Object.Resource+"/"+r.Object.Subresource, "/")
}

// IsWrite reports whether the verb modifies objects.
func (r Request) IsWrite() bool { return r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" }

// IsAllowed reports whether the request was authorized.
func (r Request) IsAllowed() bool { return r.Annotations[decisionAnnotation] == "allow" }

// IsForbidden reports whether authorization was denied.
func (r Request) IsForbidden() bool { return r.Annotations[decisionAnnotation] == "forbid" }

// decisionAnnotation is the annotation with the authorization decision.
//
// Source: kubernetes, apiserver/pkg/endpoints/filters/authorization.go.
const decisionAnnotation = "authorization.k8s.io/decision"

// Read returns the events of the log at path, starting at a byte offset. An incomplete last line is
// ignored.
func Read(path string, offset int64) ([]Request, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	defer file.Close()
	if _, err := file.Seek(offset, 0); err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	var requests []Request
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r Request
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			break // the last line is still being written
		}
		requests = append(requests, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return requests, nil
}
