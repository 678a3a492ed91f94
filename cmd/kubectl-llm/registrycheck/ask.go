// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/geeper-io/llm-operator/internal/ollama/registry"
)

// maxRequests is how many requests run at a time.
const maxRequests = 8

// An answer is what a registry says of a model.
type answer struct {
	registry.Manifest
	err error
}

// ask asks for each of the sources once. The first of each host is asked for alone; if the host cannot be
// reached, its answer is that of all others, so that the time does not grow with the number of models.
func ask(ctx context.Context, client *http.Client, sources []source) map[source]answer {
	first, others := byHost(sources)
	answers := askAll(ctx, client, first)
	var reached []source
	away := map[string]answer{}
	for _, one := range first {
		if isUnreachable(one, answers[one].err) {
			away[hostOf(one)] = answers[one]
		}
	}
	for _, one := range others {
		if known, found := away[hostOf(one)]; found {
			answers[one] = known
		} else {
			reached = append(reached, one)
		}
	}
	for one, got := range askAll(ctx, client, reached) {
		answers[one] = got
	}
	return answers
}

// byHost returns the first source of each host, and the others, without duplicates.
func byHost(sources []source) (first, others []source) {
	seen, hosts := map[source]bool{}, map[string]bool{}
	for _, one := range sources {
		switch {
		case seen[one]:
		case !hosts[hostOf(one)]:
			first = append(first, one)
		default:
			others = append(others, one)
		}
		seen[one], hosts[hostOf(one)] = true, true
	}
	return first, others
}

// hostOf identifies the registry of a source and how it is asked.
func hostOf(s source) string {
	host, _ := s.name.Manifest()
	scheme := "https://"
	if s.insecure {
		scheme = "http://"
	}
	return scheme + strings.ToLower(host)
}

// isUnreachable reports whether an error is one of the host, which applies to all of its models.
func isUnreachable(s source, err error) bool {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return false
	}
	_, path := s.name.Manifest()
	return strings.EqualFold(failed.URL, hostOf(s)+path) // and not where it redirects to
}

// askAll asks for the sources, maxRequests at a time.
func askAll(ctx context.Context, client *http.Client, sources []source) map[source]answer {
	answers := make([]answer, len(sources))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(maxRequests, len(sources)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(sources)); i = next.Add(1) - 1 {
				got, err := registry.Get(ctx, client, sources[i].name, sources[i].insecure)
				answers[i] = answer{got, err}
			}
		})
	}
	workers.Wait()
	out := make(map[source]answer, len(sources))
	for i, one := range sources {
		out[one] = answers[i]
	}
	return out
}
