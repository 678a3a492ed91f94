// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A plant changes requests of the managers on their way, so that the cluster looks as if the operator had a defect.
type plant struct {
	change func(*http.Request) error
	// shows matches what the oracle then has to find.
	shows *regexp.Regexp
}

// plants by name.
var plants = map[string]plant{
	"child":   {loseServices, regexp.MustCompile(`^Service chaos-\w/stack-\d-ollama( is missing|: it differs from what is rendered)`)},
	"foreign": {touchForeign, regexp.MustCompile(`^ConfigMap chaos-\w/` + labeledConfigMap + ` of somebody else was touched`)},
	"status":  {lie, regexp.MustCompile(`^the status of chaos-\w/stack-\d has 99 of \d+ pods`)},
}

func plantNames() []string { return slices.Sorted(maps.Keys(plants)) }

// plantsOf returns the plants of a list of names.
func plantsOf(names string) ([]plant, error) {
	if names == "" {
		return nil, nil
	}
	var out []plant
	for name := range strings.SplitSeq(names, ",") {
		one, found := plants[name]
		if !found {
			return nil, fmt.Errorf("there is no plant %q, only %s", name, strings.Join(plantNames(), ", "))
		}
		out = append(out, one)
	}
	return out, nil
}

// allShow reports that there are plants, and that all of them are among what the oracle found.
func allShow(planted []plant, found []string) bool {
	for _, one := range planted {
		if !slices.ContainsFunc(found, one.shows.MatchString) {
			return false
		}
	}
	return len(planted) > 0
}

// loseServices has the operator believe that it applies Services: the API server only says what it would do.
func loseServices(r *http.Request) error {
	if r.Method == http.MethodPatch && path.Base(path.Dir(r.URL.Path)) == "services" {
		query := r.URL.Query()
		query.Set("dryRun", "All")
		r.URL.RawQuery = query.Encode()
	}
	return nil
}

// touchForeign has the operator apply its ConfigMaps to somebody else's, as if it did not look whose that is.
func touchForeign(r *http.Request) error {
	if r.Method != http.MethodPatch || path.Base(path.Dir(r.URL.Path)) != "configmaps" {
		return nil
	}
	r.URL.Path = path.Join(path.Dir(r.URL.Path), labeledConfigMap)
	query := r.URL.Query()
	query.Set("force", "true")
	r.URL.RawQuery = query.Encode()
	return rewrite(r, func(body fields) {
		metadata, _ := body["metadata"].(fields)
		delete(metadata, "uid")
		delete(metadata, "resourceVersion")
		metadata["name"] = labeledConfigMap
	})
}

// lie has the status report pods that are not there.
func lie(r *http.Request) error {
	if r.Method != http.MethodPatch || !strings.Contains(r.URL.Path, v1alpha1.GroupVersion.String()) || path.Base(r.URL.Path) != "status" {
		return nil
	}
	return rewrite(r, func(body fields) {
		if status, found := body["status"].(fields); found {
			status["readyReplicas"] = 99
		}
	})
}

// rewrite changes the body of a request.
func rewrite(r *http.Request, change func(fields)) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("reading a request: %w", err)
	}
	body := fields{}
	if err := json.Unmarshal(data, &body); err != nil {
		return fmt.Errorf("decoding a request: %w", err)
	}
	change(body)
	if data, err = json.Marshal(body); err != nil {
		return fmt.Errorf("encoding a request: %w", err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	return nil
}
