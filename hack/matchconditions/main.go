// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command matchconditions replaces LACKS_DEFAULTS in the match conditions of a file of webhook
// configurations by the expression that api/v1alpha1 derives from its defaults.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

const (
	placeholder = "LACKS_DEFAULTS"
	key         = "expression: "
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: matchconditions FILE")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	replaced, err := replace(string(text), v1alpha1.LacksDefaults())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, []byte(replaced), 0o600)
}

// replace replaces the placeholder, and makes the expression that has it a YAML block with the
// line breaks of the replacement. It returns an error unless there is exactly one placeholder
// at the end of a line.
func replace(text, expression string) (string, error) {
	before, after, found := strings.Cut(text, placeholder+"\n")
	if !found || strings.Contains(before+after, placeholder) {
		return "", fmt.Errorf("must have %s once, at the end of a line", placeholder)
	}
	at := strings.LastIndex(before, key)
	if at < 0 || strings.Contains(before[at+len(key):], ": ") {
		return "", fmt.Errorf("%s must be the end of an expression", placeholder)
	}
	// controller-gen folds long lines.
	condition := strings.Join(strings.Fields(before[at+len(key):]), " ")
	column := at - strings.LastIndex(before[:at], "\n") - 1
	indent := "\n" + strings.Repeat(" ", column+2)
	block := strings.ReplaceAll("\n"+condition+"\n"+expression, "\n", indent)
	return before[:at] + key + "|-" + block + "\n" + after, nil
}
