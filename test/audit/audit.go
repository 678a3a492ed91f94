// Package audit reads the API server's record of the operator's requests, which the
// embedded cluster keeps.
package audit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// A Request is one of the operator's, as the audit log has it.
type Request struct {
	// Verb is get, list, watch, create, patch and so on.
	Verb string `json:"verb"`
	// Stage is ResponseStarted for a watch that goes on, else ResponseComplete.
	Stage string `json:"stage"`
	// Object is what was asked for.
	Object struct {
		Group       string `json:"apiGroup"`
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	// Annotations tell, among others, whether the request was authorised.
	Annotations map[string]string `json:"annotations"`
}

// Resource is the resource with its subresource, as a role names it; empty for
// requests that are about none, such as discovery.
func (r Request) Resource() string {
	return strings.TrimSuffix(r.Object.Resource+"/"+r.Object.Subresource, "/")
}

// IsWrite tells whether the request is one that changes something.
func (r Request) IsWrite() bool { return r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" }

// IsAllowed tells whether the operator had the right.
func (r Request) IsAllowed() bool { return r.Annotations[decision] == "allow" }

// IsForbidden tells whether the operator lacked the right.
func (r Request) IsForbidden() bool { return r.Annotations[decision] == "forbid" }

// decision is the annotation of the authorisation.
//
// Source: kubernetes, apiserver/pkg/endpoints/filters/authorization.go.
const decision = "authorization.k8s.io/decision"

// Read reads the log at the path from an offset on.
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
			break // the last line, half written
		}
		requests = append(requests, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return requests, nil
}
