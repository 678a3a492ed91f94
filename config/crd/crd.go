// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package crd embeds the CustomResourceDefinitions, for programs that validate objects
// without a cluster.
package crd

import _ "embed"

// OllamaDeployments contains the CustomResourceDefinition of OllamaDeployment, as YAML. That of
// Deployment, the deprecated name of the kind, has the same schema.
//
//go:embed bases/llm.geeper.io_ollamadeployments.yaml
var OllamaDeployments []byte

// OllamaDeploymentsJSON contains the same CustomResourceDefinition without descriptions, as JSON: a program reads it in
// a tenth of the time. The tests of this package write it with -update.
//
//go:embed ollamadeployments.json
var OllamaDeploymentsJSON []byte
