// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A Fault is a way in which a server misbehaves.
type Fault string

// Faults. Those that wait do so until the client leaves.
const (
	// NoFault ends a fault.
	NoFault Fault = ""
	// InternalError answers with status 500 and an error.
	InternalError Fault = "internal error"
	// Redirect answers with a redirect to another path.
	Redirect Fault = "redirect"
	// Garbage answers with something that is not JSON.
	Garbage Fault = "garbage"
	// ErrorLine answers with status 200 and an error.
	ErrorLine Fault = "error line"
	// SlowHeaders does not answer.
	SlowHeaders Fault = "slow headers"
	// SlowBody sends a blank every second.
	SlowBody Fault = "slow body"
	// Stall sends the beginning of an answer, and then nothing.
	Stall Fault = "stall"
	// Cut sends the beginning of an answer, and then cuts the connection.
	Cut Fault = "cut"
	// EndEarly sends the beginning of an answer, and then ends it.
	EndEarly Fault = "end early"
	// Repeat sends the same line at each Tick.
	Repeat Fault = "repeat"
	// Endless sends the same model or line without a pause.
	Endless Fault = "endless"
	// Huge sends a line of 16 MiB.
	Huge Fault = "huge"
)

// ErrorText is the text of InternalError and ErrorLine.
const ErrorText = "something went wrong"

// Inject makes the server misbehave at requests of a kind.
func (s *Server) Inject(kind Kind, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults == nil {
		s.faults = map[Kind]Fault{}
	}
	s.faults[kind] = fault
}

// An answer is what the answers to requests of a kind begin and go on with.
type answer struct{ begin, next string }

var answers = map[Kind]answer{
	KindList: {`{"models":[{"name":"a:b","model":"a:b","size":1}`, `,{"name":"a:b","model":"a:b","size":1}`},
	KindPull: {
		`{"status":"pulling manifest"}` + "\n" + `{"status":"pulling aabb","digest":"sha256:aabb","total":100,"completed":10}` + "\n",
		`{"status":"pulling aabb","digest":"sha256:aabb","total":100,"completed":10}` + "\n",
	},
	KindVersion: {`{"version":"0.`, "1"},
}

// fail answers a request with the fault of its kind. It returns false if there is none.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, kind Kind) bool {
	s.mu.Lock()
	fault := s.faults[kind]
	s.mu.Unlock()
	switch fault {
	case NoFault:
		return false
	case InternalError:
		writeError(w, http.StatusInternalServerError, ErrorText)
	case Redirect:
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	case Garbage:
		send(w, "<!doctype html>\n")
	case ErrorLine:
		send(w, fmt.Sprintf("{\"error\":%q}\n", ErrorText))
	case SlowHeaders:
		<-r.Context().Done()
	case Huge:
		send(w, strings.TrimSuffix(answers[kind].begin, "\n"))
		send(w, strings.Repeat(" ", 16<<20))
	default:
		s.failLate(w, r, fault, answers[kind])
	}
	return true
}

// failLate sends the beginning of an answer and then fails.
func (s *Server) failLate(w http.ResponseWriter, r *http.Request, fault Fault, a answer) {
	send(w, a.begin)
	pause, next := s.Tick, a.next
	switch fault {
	case Cut:
		panic(http.ErrAbortHandler)
	case Stall:
		<-r.Context().Done()
		return
	case SlowBody:
		pause, next = time.Second, " "
	case Endless:
		pause = 0
	case Repeat:
	default: // EndEarly
		return
	}
	for r.Context().Err() == nil {
		send(w, next)
		if pause > 0 {
			wait(r, pause)
		}
	}
}

func wait(r *http.Request, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

func send(w http.ResponseWriter, text string) {
	_, _ = io.WriteString(w, text) // the context of the request is canceled if the client has left
	_ = http.NewResponseController(w).Flush()
}
