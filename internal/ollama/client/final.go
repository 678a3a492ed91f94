// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

// IsFinalMessage reports whether the message of a failed pull says that another attempt cannot succeed,
// as Reason.IsFinal does.
func IsFinalMessage(message string) bool { return reasonOfText(message).IsFinal() }
