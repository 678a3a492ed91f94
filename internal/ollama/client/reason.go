// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"fmt"
	"strings"
)

// manifestPrefix starts the errors of the manifest's request to the registry. Errors of layers do not
// have it: a layer that is missing is a fault of the registry, not of the model's name.
const manifestPrefix = "pull model manifest: "

// reasonOfText returns the reason of an error that Ollama reports while it pulls.
//
// Source: ollama/ollama v0.32.15, server/images.go, server/auth.go and server/routes.go.
func reasonOfText(text string) Reason {
	switch {
	case strings.Contains(text, "no space left on device"), strings.Contains(text, "disk quota exceeded"):
		return NoSpace
	case strings.Contains(text, "requires a newer version of Ollama"):
		return NeedsNewerVersion
	case strings.HasPrefix(text, "invalid model name"):
		return Invalid
	}
	refusal, found := strings.CutPrefix(text, manifestPrefix)
	if !found {
		return Registry
	}
	switch {
	case refusal == "file does not exist":
		return NotFound
	case strings.HasPrefix(refusal, "unauthorized"), strings.HasPrefix(refusal, "realm host "):
		return Unauthorized // a challenge for tokens of another host is not answered
	}
	var code int
	if _, err := fmt.Sscanf(refusal, "%3d:", &code); err != nil {
		return Registry
	}
	return reasonOfCode(code, Registry)
}
