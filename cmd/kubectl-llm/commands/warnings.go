// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"
	"io"
	"sync"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// warningCode is the code of warnings that are meant for users.
//
// Source: k8s.io/client-go/rest, warnings.go.
const warningCode = 299

// A warningPrinter prints each warning of the API server once, as kubectl does.
type warningPrinter struct {
	out     io.Writer
	mutex   sync.Mutex
	printed map[string]bool
}

// HandleWarningHeader implements rest.WarningHandler.
func (p *warningPrinter) HandleWarningHeader(code int, _, text string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if code != warningCode || text == "" || p.printed[text] {
		return
	}
	if p.printed == nil {
		p.printed = map[string]bool{}
	}
	p.printed[text] = true
	fmt.Fprintln(p.out, "Warning:", terminal.EscapeLine(text))
}
