// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"net/http"
	"strings"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// Sizes of models whose name does not tell, in bytes.
const (
	unknownSize = 2e9
	cloudSize   = 500
)

// NameRules are rules for NewRegistry: every model exists, with a size that its name tells ("7b" has
// about 5 GB), and a layer takes one Tick, whatever its size. Models whose namespace or name is one of
// these words behave differently, for example slow/llama3.2:3b and not-found:latest:
//
//	not-found      does not exist (404)
//	needs-newer    requires a newer version of Ollama (412)
//	unauthorized   is denied (401)
//	broken         makes the registry fail (500)
//	registry-away  is in a registry that cannot be reached
//	no-space       does not fit on the volume
//	slow           takes 20 seconds
//	very-slow      takes 10 minutes
func NameRules(name string) Entry {
	entry := Entry{Layers: Layers(name, sizeOf(name))}
	path := name
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		path = name[:colon]
	}
	for _, word := range strings.Split(path, "/") {
		entry.apply(word)
	}
	return entry
}

func (e *Entry) apply(word string) {
	switch word {
	case "not-found":
		e.Refusal = http.StatusNotFound
	case "needs-newer":
		e.Refusal = http.StatusPreconditionFailed
	case "unauthorized":
		e.Refusal = http.StatusUnauthorized
	case "broken":
		e.Refusal = http.StatusInternalServerError
	case "registry-away":
		e.Away = true
	case "no-space":
		e.NoSpace = true
	case "slow":
		e.Rate = e.size() / 20
	case "very-slow":
		e.Rate = e.size() / 600
	}
}

// sizeOf returns the size of a model in bytes, from the memory that it is estimated to need.
func sizeOf(name string) int64 {
	const memoryPerByte, serverMemory = 1.2, 512 << 20
	model := ollama.ModelName(name)
	if model.IsCloud() {
		return cloudSize
	}
	memory, known := model.MemoryNeeded(ollama.Settings{})
	if !known {
		return unknownSize
	}
	return int64(float64(memory.Value()-serverMemory) / memoryPerByte)
}
