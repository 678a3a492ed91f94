// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	utilversion "k8s.io/apimachinery/pkg/util/version"

	"github.com/geeper-io/llm-operator/hack/release/notes"
)

const (
	repository = "https://github.com/geeper-io/llm-operator"
	image      = "ghcr.io/geeper-io/llm-operator"
)

// A platform is an operating system and an architecture for which the plugin is built.
type platform struct{ os, arch string }

var platforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

// program is the name of the plugin's executable.
func (p platform) program() string {
	if p.os == "windows" {
		return "kubectl-llm.exe"
	}
	return "kubectl-llm"
}

// archive is the name of the plugin's archive.
func (p platform) archive(version string) string {
	name := fmt.Sprintf("kubectl-llm_%s_%s_%s", version, p.os, p.arch)
	if p.os == "windows" {
		return name + ".zip"
	}
	return name + ".tar.gz"
}

// A release is what is released.
type release struct {
	// version is semantic, with v.
	version    string
	prerelease bool
	// created is the time of all files.
	created time.Time
	// changes is the section of the changelog.
	changes string
}

// A checkout is what a release is made of.
type checkout struct {
	changelog string
	// changed are the files that differ from the commit.
	changed   []string
	committed time.Time
}

// plan returns the release of a version of a checkout. The version has to be semantic, with v, because a chart's is. A
// snapshot may differ from the commit, and may have no section in the changelog: it has what is unreleased.
func plan(version string, snapshot bool, from checkout) (release, error) {
	parsed, err := utilversion.ParseSemantic(version)
	if err != nil || version != "v"+parsed.String() {
		return release{}, fmt.Errorf("the version %q must be semantic, such as v0.1.0 or v0.1.0-rc.1", version)
	}
	section, found := notes.Section(from.changelog, version)
	if snapshot {
		if !found {
			section, _ = notes.Section(from.changelog, notes.Unreleased)
		}
	} else {
		var errs []error
		if !found {
			errs = append(errs, fmt.Errorf("CHANGELOG.md must have a section ## [%s] with what has changed", strings.TrimPrefix(version, "v")))
		}
		if len(from.changed) > 0 {
			errs = append(errs, fmt.Errorf("the checkout must not differ from its commit: %s", strings.Join(from.changed, ", ")))
		}
		if err := errors.Join(errs...); err != nil {
			return release{}, fmt.Errorf("%w; SNAPSHOT=1 makes a release that is not published", err)
		}
	}
	return release{version: version, prerelease: parsed.PreRelease() != "", created: from.committed, changes: section}, nil
}

// image is the reference of the operator's image.
func (r release) image() string { return image + ":" + r.version }

// url is the address of a file of the release.
func (r release) url(name string) string {
	return repository + "/releases/download/" + r.version + "/" + name
}
