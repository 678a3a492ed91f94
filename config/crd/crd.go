// Package crd holds the CustomResourceDefinitions, for programs that check objects
// without a cluster.
package crd

import _ "embed"

// OllamaDeployments is the definition of OllamaDeployment, as YAML. The older spelling
// of the kind has the same schema.
//
//go:embed bases/llm.geeper.io_ollamadeployments.yaml
var OllamaDeployments []byte
