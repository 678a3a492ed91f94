// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"regexp"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/hack/release/archive"
	"github.com/geeper-io/llm-operator/hack/release/olm"
)

// bundle writes the bundle for the Operator Lifecycle Manager as a directory and as an archive.
func (w *work) bundle(ctx context.Context) error {
	manifests, err := output(ctx, nil, "hack/manifests.sh", "default", w.image())
	if err != nil {
		return err
	}
	objects, err := parse(manifests)
	if err != nil {
		return err
	}
	example, err := os.ReadFile("config/samples/minimal.yaml")
	if err != nil {
		return err
	}
	metadata, err := os.ReadFile("charts/llm-operator/Chart.yaml")
	if err != nil {
		return err
	}
	oldest, err := minKubeVersion(metadata)
	if err != nil {
		return err
	}
	files, err := olm.Bundle(objects, olm.Release{
		Version: w.version, Image: w.image(), MinKubeVersion: oldest, Created: w.created, Example: example,
	})
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := w.write("bundle/"+file.Name, file.Data); err != nil {
			return err
		}
	}
	var data bytes.Buffer
	if err := archive.TarGz(&data, files, w.created); err != nil {
		return err
	}
	return w.write("llm-operator-bundle_"+w.version+".tar.gz", data.Bytes())
}

// parse returns the objects of a YAML stream.
func parse(manifests []byte) ([]unstructured.Unstructured, error) {
	var objects []unstructured.Unstructured
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifests)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var object map[string]any
		if err := yaml.Unmarshal(document, &object); err != nil {
			return nil, err
		}
		if len(object) > 0 {
			objects = append(objects, unstructured.Unstructured{Object: object})
		}
	}
}

var oldestVersion = regexp.MustCompile(`(?m)^kubeVersion: ">=(\d+\.\d+\.\d+)-0"$`)

// minKubeVersion returns the oldest version of Kubernetes that the chart accepts.
func minKubeVersion(chart []byte) (string, error) {
	match := oldestVersion.FindSubmatch(chart)
	if match == nil {
		return "", errors.New(`the chart must have a kubeVersion like ">=1.32.0-0"`)
	}
	return string(match[1]), nil
}
