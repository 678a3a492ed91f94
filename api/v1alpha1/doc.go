// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package v1alpha1 contains the API of the LLM Operator: the types of the group llm.geeper.io,
// their defaults, the names and labels of their children, and the conditions and reasons of
// their status.
//
// All functions are pure, so that the webhooks, the reconciler and kubectl-llm agree.
//
// +kubebuilder:object:generate=true
// +groupName=llm.geeper.io
package v1alpha1
