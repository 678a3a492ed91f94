// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// A Reason says why a call failed.
type Reason string

const (
	// NotFound means that the registry does not have the model.
	NotFound Reason = "NotFound"
	// Invalid means that Ollama or the registry refuses the model's name.
	Invalid Reason = "Invalid"
	// NeedsNewerVersion means that the model requires a newer version of Ollama.
	NeedsNewerVersion Reason = "NeedsNewerVersion"
	// Unauthorized means that the registry denies access to the model.
	Unauthorized Reason = "Unauthorized"
	// NoSpace means that the volume of the server is full.
	NoSpace Reason = "NoSpace"
	// Stalled means that a pull made no progress for too long.
	Stalled Reason = "Stalled"
	// Unreachable means that the server did not answer in time, that its answer broke off, or that
	// something between, such as a proxy, answered in its place.
	Unreachable Reason = "Unreachable"
	// Registry means that a pull failed for another reason that the server reports. Usually the
	// registry cannot be reached.
	Registry Reason = "Registry"
	// Server means that another call failed for a reason that the server reports.
	Server Reason = "Server"
	// Protocol means that the answer is not one of Ollama's: garbage, too large, or ended too early.
	Protocol Reason = "Protocol"
)

// IsFinal reports whether another attempt cannot succeed until the model, its name or the version of
// Ollama changes.
func (r Reason) IsFinal() bool {
	return r == NotFound || r == Invalid || r == NeedsNewerVersion
}

// An Error is a failed call.
type Error struct {
	Reason Reason
	// Message is Ollama's text where there is one. It is one line of printable characters, at most
	// 512 bytes, without credentials.
	Message string
}

// Error returns the reason and the message.
func (e *Error) Error() string { return string(e.Reason) + ": " + e.Message }

// ReasonOf returns the reason of an error of this package, and "" for nil and for other errors, such
// as that of a context that the caller has canceled.
func ReasonOf(err error) Reason {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return ""
}

func newError(reason Reason, text string) *Error {
	message := clean(text, maxMessage)
	if message == "" {
		message = "no message"
	}
	return &Error{Reason: reason, Message: message}
}

// statusError returns the error of an answer whose status is not "200 OK".
func statusError(status int, body []byte) *Error {
	text, ok := errorText(body)
	if ok {
		return newError(reasonOfStatus(status, text), text)
	}
	text = strings.TrimSuffix(fmt.Sprintf("HTTP %d: %s", status, body), ": ")
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return newError(Unreachable, text) // a proxy or a service mesh
	default:
		return newError(Protocol, text)
	}
}

// errorText returns the text of Ollama's errors, {"error": "…"}.
func errorText(body []byte) (string, bool) {
	var answer struct {
		Error *string `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error == nil {
		return "", false
	}
	return *answer.Error, true
}

// pathError matches errors of Go's os package, such as "mkdir /models: permission denied". Ollama
// answers them with status 400, like invalid names.
var pathError = regexp.MustCompile(`^[a-z]+ /.*: `)

func reasonOfStatus(status int, text string) Reason {
	if reason := reasonOfText(text); reason != Registry {
		return reason
	}
	if status == http.StatusBadRequest && pathError.MatchString(text) {
		return Server
	}
	return reasonOfCode(status, Server)
}

// reasonOfCode returns the reason of a refusal by status 400, 401, 403, 404 or 412, and otherwise the
// fallback.
func reasonOfCode(code int, fallback Reason) Reason {
	switch code {
	case http.StatusBadRequest:
		return Invalid
	case http.StatusUnauthorized, http.StatusForbidden:
		return Unauthorized
	case http.StatusNotFound:
		return NotFound
	case http.StatusPreconditionFailed:
		return NeedsNewerVersion
	default:
		return fallback
	}
}
