// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package olm makes the bundle by which the Operator Lifecycle Manager installs the operator, of the manifests that
// kustomize builds.
package olm

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/hack/release/archive"
)

//go:embed base.yaml
var base []byte

//go:embed icon.svg
var icon []byte

// A Release is what the bundle says of a release.
type Release struct {
	// Version is that of the release, such as v0.1.0. The bundle has it without v.
	Version string
	// Image is the reference of the operator's image.
	Image string
	// MinKubeVersion is the oldest version of Kubernetes that is supported, such as 1.32.0.
	MinKubeVersion string
	Created        time.Time
	// Example is a manifest of an OllamaDeployment.
	Example []byte
}

// shipped are the kinds of manifests that a bundle may have beside its ClusterServiceVersion, from which the Operator
// Lifecycle Manager creates ServiceAccounts, bindings, the Service of the webhooks and their certificate. Its older
// versions refuse bundles with a NetworkPolicy.
var shipped = map[string]bool{
	"CustomResourceDefinition": true, "PriorityClass": true, "PodDisruptionBudget": true, "Service": true, "ClusterRole": true,
}

// Bundle returns the files of a bundle for the manifests of config/default.
func Bundle(objects []unstructured.Unstructured, release Release) ([]archive.File, error) {
	version, err := clusterServiceVersion(objects, release)
	if err != nil {
		return nil, err
	}
	files := []archive.File{{Name: "metadata/annotations.yaml", Data: []byte(annotations)}}
	add := func(name string, object map[string]any) error {
		text, err := yaml.Marshal(object)
		files = append(files, archive.File{Name: "manifests/" + name + ".yaml", Data: text})
		return err
	}
	if err := add("llm-operator.clusterserviceversion", version); err != nil {
		return nil, err
	}
	granted := grants(objects)
	for _, object := range objects {
		if !shipped[object.GetKind()] || granted.has(object) || isWebhookService(object) {
			continue
		}
		object := *object.DeepCopy()
		object.SetNamespace("") // the one it is installed in
		name := object.GetName()
		if object.GetKind() != "CustomResourceDefinition" {
			name += "." + strings.ToLower(object.GetKind())
		}
		if err := add(name, object.Object); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// annotations tell package, channel and layout of the bundle.
const annotations = `annotations:
  operators.operatorframework.io.bundle.channel.default.v1: candidate
  operators.operatorframework.io.bundle.channels.v1: candidate
  operators.operatorframework.io.bundle.manifests.v1: manifests/
  operators.operatorframework.io.bundle.mediatype.v1: registry+v1
  operators.operatorframework.io.bundle.metadata.v1: metadata/
  operators.operatorframework.io.bundle.package.v1: llm-operator
`

// clusterServiceVersion returns the ClusterServiceVersion of a release.
func clusterServiceVersion(objects []unstructured.Unstructured, release Release) (map[string]any, error) {
	var version map[string]any
	if err := yaml.Unmarshal(base, &version); err != nil {
		return nil, err
	}
	example, err := yaml.YAMLToJSON(release.Example)
	if err != nil {
		return nil, fmt.Errorf("reading the example: %w", err)
	}
	metadata, spec := object(version, "metadata"), object(version, "spec")
	metadata["name"] = "llm-operator." + release.Version
	about := object(metadata, "annotations")
	about["containerImage"] = release.Image
	about["createdAt"] = release.Created.UTC().Format(time.RFC3339)
	about["alm-examples"] = "[" + string(example) + "]"
	spec["version"] = strings.TrimPrefix(release.Version, "v")
	spec["minKubeVersion"] = release.MinKubeVersion
	spec["icon"] = []any{map[string]any{"base64data": base64.StdEncoding.EncodeToString(icon), "mediatype": "image/svg+xml"}}
	spec["relatedImages"] = []any{map[string]any{"name": "manager", "image": release.Image}}

	deployment, err := deploymentOf(objects)
	if err != nil {
		return nil, err
	}
	granted := grants(objects)
	spec["install"] = map[string]any{"strategy": "deployment", "spec": map[string]any{
		"deployments":        []any{deployment},
		"clusterPermissions": granted.permissions("ClusterRole"),
		"permissions":        granted.permissions("Role"),
	}}
	spec["customresourcedefinitions"] = map[string]any{"owned": ownedCRDs(objects)}
	spec["webhookdefinitions"], err = webhookDefinitions(objects, deployment["name"].(string))
	return version, err
}

// object returns the object of a key, which is there.
func object(in map[string]any, key string) map[string]any {
	return in[key].(map[string]any)
}

// convert converts between types by way of JSON.
func convert(from, to any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}
