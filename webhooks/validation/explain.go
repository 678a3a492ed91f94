// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"net"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// imageTagRegexp matches a tag with an optional digest. The CRD schema has the same pattern.
//
// Source: distribution/reference, regexp.go (tag; sha256 digest).
var imageTagRegexp = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[a-f0-9]{64})?$`)

// hostPort matches the port at the end of a host.
var hostPort = regexp.MustCompile(`:[0-9]+$`)

func explainModel(value string) string {
	if ollama.ModelName(value).IsValid() {
		return ""
	}
	const grammar = "must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'"
	bare := withoutScheme(strings.TrimSpace(value))
	switch {
	case value == "":
		return `must not be empty; write it as "model:tag", for example "llama2:7b"`
	case ollama.ModelName(value + ":latest").IsValid():
		return `has no tag; write it as "model:tag"` + didYouMean(value+":latest")
	case bare != value && ollama.ModelName(bare).IsValid():
		return grammar + didYouMean(bare)
	case strings.Contains(value, "@"):
		return grammar + "; digests are not supported"
	case strings.Count(value, "/") == 1 && strings.ContainsAny(value[:strings.IndexByte(value, '/')], ".:"):
		return "has a host but no namespace; write it as \"host/namespace/model:tag\"" +
			didYouMean(validModel(strings.Replace(value, "/", "/library/", 1)))
	default:
		return grammar
	}
}

// validModel returns the name if it is valid, else "".
func validModel(name string) string {
	if ollama.ModelName(name).IsValid() {
		return name
	}
	return ""
}

func explainImage(value string) string {
	named, err := reference.ParseNormalizedNamed(value)
	switch {
	case err == nil && reference.IsNameOnly(named):
		return ""
	case err == nil:
		name, tag := splitImage(value)
		return "must not have a tag or digest" + sayImageAndTag.say(name, tag)
	case validImage(withoutScheme(value)):
		return "must not have a scheme" + didYouMean(withoutScheme(value))
	case validImage(strings.ToLower(value)):
		return "must be in lower case" + didYouMean(strings.ToLower(value))
	default:
		return `must be an image name such as "ollama/ollama" or "registry.example.com/ollama/ollama"`
	}
}

func validImage(value string) bool {
	named, err := reference.ParseNormalizedNamed(value)
	return err == nil && reference.IsNameOnly(named)
}

// splitImage splits an image into its name and its tag, which defaults to "latest" for a digest
// without a tag.
func splitImage(image string) (name, tag string) {
	slash := strings.LastIndexByte(image, '/') + 1
	if end := strings.IndexAny(image[slash:], ":@"); end >= 0 {
		name, tag = image[:slash+end], image[slash+end:]
	}
	if strings.HasPrefix(tag, "@") {
		return name, "latest" + tag
	}
	return name, strings.TrimPrefix(tag, ":")
}

func explainImageTag(value string) string {
	if imageTagRegexp.MatchString(value) {
		return ""
	}
	const grammar = `must be a tag such as "0.12.6", or "0.12.6@sha256:..." with 64 hexadecimal digits`
	bare := strings.TrimPrefix(strings.TrimSpace(value), ":")
	switch {
	case value == "":
		return sayEmpty.say()
	case bare != value && imageTagRegexp.MatchString(bare):
		return grammar + didYouMean(bare)
	case imageTagRegexp.MatchString("latest@" + strings.TrimPrefix(value, "@")):
		return grammar + didYouMean("latest@"+strings.TrimPrefix(value, "@"))
	case strings.Contains(value, "/"):
		return grammar + "; set image to the name of the image"
	default:
		return grammar
	}
}

func explainHost(value string) string {
	if validHost(value) {
		return ""
	}
	const grammar = `must be a DNS name such as "chat.example.com", or "*.example.com"`
	bare, _, _ := strings.Cut(withoutScheme(strings.TrimSpace(value)), "/")
	bare = strings.ToLower(hostPort.ReplaceAllString(bare, ""))
	switch {
	case net.ParseIP(strings.Trim(bare, "[]")) != nil:
		return grammar + "; IP addresses are not supported"
	case validHost(bare):
		return grammar + didYouMean(bare)
	default:
		return grammar
	}
}

// validHost reports whether the host is valid in an Ingress, by the rules of the API server.
func validHost(value string) bool {
	if net.ParseIP(value) != nil {
		return false
	}
	if strings.Contains(value, "*") {
		return len(validation.IsWildcardDNS1123Subdomain(value)) == 0
	}
	return len(validation.IsDNS1123Subdomain(value)) == 0
}

func explainServiceName(value string) string {
	if len(validation.IsDNS1123Subdomain(value)) == 0 {
		return ""
	}
	bare := hostPort.ReplaceAllString(withoutScheme(strings.TrimSpace(value)), "")
	suggestion := ""
	if len(validation.IsDNS1123Subdomain(bare)) == 0 {
		suggestion = bare
	}
	return `must be the name of a Service, "name" or "name.namespace", without scheme and port (that is ollamaServicePort)` +
		didYouMean(suggestion)
}

func withoutScheme(value string) string {
	if _, rest, found := strings.Cut(value, "://"); found {
		return rest
	}
	return value
}
