// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package sandbox runs a program in network, mount and process namespaces of its own, and leaves
// nothing behind when the program ends for any reason.
//
// Four processes of the same program take part:
//
//	outer   what the user started: waits, and passes the exit code on
//	keeper  in its own session: starts init, and deletes the control groups after it has ended
//	init    process 1 of the namespaces: prepares them, starts inner, reaps
//	inner   returns from Enter and does the work
//
// When inner ends, so does init, and the kernel then ends all other processes of the namespaces and
// drops their mounts, network devices and files. When outer ends first, its pipe to the keeper
// closes, and the keeper kills init. When the keeper is killed, the kernel kills init, and outer
// deletes the control groups.
//
// With EnterShell, outer runs a shell that joins the namespaces, so that it has the user's terminal,
// and inner ends when the shell has ended.
package sandbox
