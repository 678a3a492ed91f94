// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package v1alpha1 is the API of the LLM Operator: the types of the group
// llm.geeper.io, their documented defaults, the names of the objects that are
// made from them, and the vocabulary of their status.
//
// Everything here is a pure function of its arguments, so that the admission
// webhooks, the reconciler and offline tools say the same of the same object.
//
// +kubebuilder:object:generate=true
// +groupName=llm.geeper.io
package v1alpha1
