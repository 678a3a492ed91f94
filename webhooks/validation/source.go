// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"net"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
)

// validateSource rejects a mirror that is the registry that it mirrors, and registries that are listed twice.
func validateSource(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	source := d.Spec.Ollama.Source
	if source == nil {
		return nil
	}
	var errs field.ErrorList
	at := spec.Child("ollama", "source")
	if mirror := ptr.Deref(source.Mirror, ""); strings.EqualFold(mirror, ollama.DefaultHost) {
		errs = append(errs, field.Invalid(at.Child("mirror"), mirror, "is the registry that models are pulled from without a mirror"+sayRemove.say()))
	}
	seen := map[string]bool{}
	for i, host := range source.InsecureRegistries {
		if key := strings.ToLower(host); seen[key] {
			errs = append(errs, field.Duplicate(at.Child("insecureRegistries").Index(i), host))
		} else {
			seen[key] = true
		}
	}
	return errs
}

// explainRegistryHost returns why Ollama cannot pull from the host, "" if it can.
func explainRegistryHost(value string) string {
	if isRegistryHost(value) {
		return ""
	}
	const grammar = `must be the host of a registry such as "registry.example.com" or "registry.example.com:5000"`
	scheme, rest, found := strings.Cut(strings.TrimSpace(value), "://")
	if !found {
		scheme, rest = "", scheme
	}
	host, path, _ := strings.Cut(rest, "/")
	suggestion := ""
	if isRegistryHost(host) {
		suggestion = host
	}
	switch {
	case value == "":
		return sayEmpty.say()
	case strings.Contains(host, "@"):
		return grammar + "; Ollama has no credentials for registries"
	case strings.HasPrefix(host, "["):
		return grammar + "; Ollama's names have no IPv6 addresses"
	case strings.EqualFold(scheme, "http"):
		return grammar + ", without a scheme; a registry without TLS is listed in insecureRegistries" + didYouMean(suggestion)
	case path != "":
		return grammar + "; Ollama's names have no path between host and namespace" + didYouMean(suggestion)
	default:
		return grammar + didYouMean(suggestion)
	}
}

// credentials matches what comes before the host of a URL.
var credentials = regexp.MustCompile(`[^/@]*@`)

// withoutCredentials returns the value as an error may show it.
func withoutCredentials(value string) string { return credentials.ReplaceAllString(value, "...@") }

// isRegistryHost reports whether the value is a DNS name or an IPv4 address, with or without a port.
func isRegistryHost(value string) bool {
	host, port, hasPort := strings.Cut(value, ":")
	if hasPort {
		number, err := strconv.Atoi(port)
		if err != nil || len(validation.IsValidPortNum(number)) > 0 {
			return false
		}
	}
	return net.ParseIP(host) != nil || len(validation.IsDNS1123Subdomain(strings.ToLower(host))) == 0
}

// sourceWarnings returns a warning for each registry that no model is pulled from.
func sourceWarnings(d *v1alpha1.OllamaDeployment) []Warning {
	if d.Spec.Ollama.Source == nil {
		return nil
	}
	registries := d.Spec.Ollama.Source.Registries()
	used := map[string]bool{}
	for _, model := range d.Spec.Ollama.Models {
		host, _ := ollama.ModelName(registries.Download(model.Name()).From).Manifest()
		used[strings.ToLower(host)] = true
	}
	var out []Warning
	if registries.Mirror != "" && !used[strings.ToLower(registries.Mirror)] {
		out = append(out, warn("spec.ollama.source.mirror", warnUnusedMirror)...)
	}
	path := field.NewPath("spec", "ollama", "source", "insecureRegistries")
	for i, host := range registries.Insecure {
		if !used[strings.ToLower(host)] {
			out = append(out, warn(path.Index(i).String(), warnUnusedRegistry, host)...)
		}
	}
	return out
}
