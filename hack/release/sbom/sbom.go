// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package sbom makes bills of materials of Go programs, in the format SPDX 2.3, of what the linker has recorded in them.
package sbom

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// A Subject is what a bill is of.
type Subject struct {
	// Name is the name of the file, and Version that of the release.
	Name, Version string
	// URL is the address of the file. With the checksum it is the document's name space.
	URL string
	// SHA256 is the checksum of the file in hexadecimal digits.
	SHA256  string
	Created time.Time
}

type document struct {
	SPDXVersion       string         `json:"spdxVersion"`
	DataLicense       string         `json:"dataLicense"`
	SPDXID            string         `json:"SPDXID"`
	Name              string         `json:"name"`
	DocumentNamespace string         `json:"documentNamespace"`
	CreationInfo      creationInfo   `json:"creationInfo"`
	Packages          []pkg          `json:"packages"`
	Relationships     []relationship `json:"relationships"`
}

type creationInfo struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type pkg struct {
	SPDXID           string        `json:"SPDXID"`
	Name             string        `json:"name"`
	VersionInfo      string        `json:"versionInfo"`
	DownloadLocation string        `json:"downloadLocation"`
	FilesAnalyzed    bool          `json:"filesAnalyzed"`
	LicenseConcluded string        `json:"licenseConcluded"`
	LicenseDeclared  string        `json:"licenseDeclared"`
	CopyrightText    string        `json:"copyrightText"`
	Checksums        []checksum    `json:"checksums,omitempty"`
	ExternalRefs     []externalRef `json:"externalRefs,omitempty"`
}

type checksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type externalRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type relationship struct {
	Element string `json:"spdxElementId"`
	Type    string `json:"relationshipType"`
	Related string `json:"relatedSpdxElement"`
}

const (
	documentID = "SPDXRef-DOCUMENT"
	subjectID  = "SPDXRef-Package"
	noneGiven  = "NOASSERTION"
)

// SPDX returns the bill of a file that has a program, with the modules it was built of and Go's standard library.
func SPDX(subject Subject, info *debug.BuildInfo) ([]byte, error) {
	bill := document{
		SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0", SPDXID: documentID, Name: subject.Name,
		DocumentNamespace: subject.URL + "/" + subject.SHA256,
		CreationInfo:      creationInfo{Created: subject.Created.UTC().Format(time.RFC3339), Creators: []string{"Tool: llm-operator-release"}},
		Packages: []pkg{{
			SPDXID: subjectID, Name: subject.Name, VersionInfo: subject.Version, DownloadLocation: subject.URL,
			LicenseConcluded: noneGiven, LicenseDeclared: "Apache-2.0", CopyrightText: noneGiven,
			Checksums:    []checksum{{"SHA256", subject.SHA256}},
			ExternalRefs: purl(info.Main.Path, subject.Version),
		}},
		Relationships: []relationship{{documentID, "DESCRIBES", subjectID}},
	}
	bill.add(0, "stdlib", strings.TrimPrefix(info.GoVersion, "go"))
	for i, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		bill.add(i+1, module.Path, module.Version)
	}
	return json.MarshalIndent(bill, "", "  ")
}

// add adds a module on which the subject depends.
func (d *document) add(number int, path, version string) {
	id := fmt.Sprintf("SPDXRef-Module-%d", number)
	d.Packages = append(d.Packages, pkg{
		SPDXID: id, Name: path, VersionInfo: version, DownloadLocation: noneGiven,
		LicenseConcluded: noneGiven, LicenseDeclared: noneGiven, CopyrightText: noneGiven,
		ExternalRefs: purl(path, version),
	})
	d.Relationships = append(d.Relationships, relationship{subjectID, "DEPENDS_ON", id})
}

// purl returns the package URL of a module, by which scanners find its vulnerabilities.
func purl(path, version string) []externalRef {
	return []externalRef{{"PACKAGE-MANAGER", "purl", "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")}}
}
