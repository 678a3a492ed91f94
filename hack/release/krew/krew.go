// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package krew makes the manifest by which krew, the package manager of kubectl's plugins, installs kubectl llm.
package krew

import "sigs.k8s.io/yaml"

// An Archive is an archive of the plugin for a platform.
type Archive struct {
	OS, Arch string
	// URI is the address from which it is downloaded.
	URI string
	// SHA256 is the checksum in hexadecimal digits.
	SHA256 string
	// Program is the name of the executable in the archive.
	Program string
}

// plugin is a plugin of krew's API.
type plugin struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]string `json:"metadata"`
	Spec       spec              `json:"spec"`
}

type spec struct {
	Version          string     `json:"version"`
	Homepage         string     `json:"homepage"`
	ShortDescription string     `json:"shortDescription"`
	Description      string     `json:"description"`
	Platforms        []platform `json:"platforms"`
}

type platform struct {
	Selector selector `json:"selector"`
	URI      string   `json:"uri"`
	SHA256   string   `json:"sha256"`
	Bin      string   `json:"bin"`
}

type selector struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

const (
	// shortDescription has at most 50 characters and no period, as the index wants it.
	shortDescription = "Validate and inspect OllamaDeployments"
	description      = `Validates manifests of OllamaDeployments offline, with line and column, corrects
them, and prints them with all defaults and with the objects that the LLM
Operator would create. Says what an apply or an upgrade of the operator would
do. Shows the status of an OllamaDeployment on a cluster, and lists and changes
its models.
`
)

// Manifest returns the manifest of a version, such as v0.1.0, whose archives have a license beside the program.
func Manifest(version string, archives []Archive) ([]byte, error) {
	manifest := plugin{
		APIVersion: "krew.googlecontainertools.github.com/v1alpha2", Kind: "Plugin", Metadata: map[string]string{"name": "llm"},
		Spec: spec{
			Version: version, Homepage: "https://github.com/geeper-io/llm-operator",
			ShortDescription: shortDescription, Description: description,
		},
	}
	for _, archive := range archives {
		manifest.Spec.Platforms = append(manifest.Spec.Platforms, platform{
			Selector: selector{MatchLabels: map[string]string{"os": archive.OS, "arch": archive.Arch}},
			URI:      archive.URI, SHA256: archive.SHA256, Bin: archive.Program,
		})
	}
	return yaml.Marshal(manifest)
}
