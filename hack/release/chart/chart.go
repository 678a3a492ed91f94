// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package chart makes the chart of a release of the chart in the repository.
package chart

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/hack/release/archive"
	"github.com/geeper-io/llm-operator/hack/release/notes"
)

// Annotations of Artifact Hub that differ between releases.
const (
	images     = "artifacthub.io/images"
	changes    = "artifacthub.io/changes"
	prerelease = "artifacthub.io/prerelease"
)

// A Release is what the chart of a release says of it.
type Release struct {
	// Version is that of the release, such as v0.1.0. The chart has it without v.
	Version string
	// Prerelease is whether the version has a part after a hyphen.
	Prerelease bool
	// Image is the reference of the operator's image.
	Image   string
	Changes []notes.Entry
}

// Files returns the files of the chart's archive: those of the chart's directory, below the chart's name, except those
// that .helmignore names. Chart.yaml has the versions, the image and the changes of the release.
func Files(files []archive.File, release Release) ([]archive.File, error) {
	ignored, err := ignoredBy(files)
	if err != nil {
		return nil, err
	}
	var out []archive.File
	for _, file := range files {
		if ignored(file.Name) {
			continue
		}
		if file.Name == "Chart.yaml" {
			if file.Data, err = metadata(file.Data, release); err != nil {
				return nil, fmt.Errorf("reading Chart.yaml: %w", err)
			}
		}
		file.Name = path.Join("llm-operator", file.Name)
		out = append(out, file)
	}
	return out, nil
}

// ignoredBy returns whether the files' .helmignore, of which only plain patterns are used, names a file.
func ignoredBy(files []archive.File) (func(name string) bool, error) {
	var patterns []string
	for _, file := range files {
		if file.Name == ".helmignore" {
			patterns = strings.Fields(string(file.Data))
		}
	}
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil || strings.ContainsAny(pattern, "/!#") {
			return nil, fmt.Errorf(".helmignore: the pattern %q is not supported", pattern)
		}
	}
	return func(name string) bool {
		for part := range strings.SplitSeq(name, "/") {
			for _, pattern := range patterns {
				if matched, _ := path.Match(pattern, part); matched {
					return true
				}
			}
		}
		return false
	}, nil
}

// change is an entry of the annotation of changes.
type change struct {
	Kind        string `json:"kind"`
	Description string `json:"description"`
}

// metadata returns Chart.yaml with what it says of the release.
func metadata(text []byte, release Release) ([]byte, error) {
	var chart map[string]any
	if err := yaml.Unmarshal(text, &chart); err != nil {
		return nil, err
	}
	annotations, found := chart["annotations"].(map[string]any)
	if !found {
		return nil, errors.New("must have annotations")
	}
	chart["version"] = strings.TrimPrefix(release.Version, "v")
	chart["appVersion"] = release.Version
	image, err := yaml.Marshal([]map[string]string{{"name": "llm-operator", "image": release.Image}})
	if err != nil {
		return nil, err
	}
	annotations[images] = string(image)
	annotations[prerelease] = strconv.FormatBool(release.Prerelease)
	if len(release.Changes) > 0 {
		var entries []change
		for _, entry := range release.Changes {
			entries = append(entries, change{Kind: entry.Kind, Description: entry.Text})
		}
		list, err := yaml.Marshal(entries)
		if err != nil {
			return nil, err
		}
		annotations[changes] = string(list)
	}
	return yaml.Marshal(chart)
}
