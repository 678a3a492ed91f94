// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tableOf returns a Markdown table with the path, the default and the comment of each value of a chart. A mapping
// with a comment is a value; one without is a section. A value without a comment is an error.
func tableOf(values []byte) (string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(values, &document); err != nil {
		return "", err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return "", errors.New("must be a mapping")
	}
	rows, err := rowsOf("", document.Content[0])
	if err != nil {
		return "", err
	}
	return "| value | default | description |\n|---|---|---|\n" + strings.Join(rows, ""), nil
}

// rowsOf returns the rows of the values in a mapping, whose paths begin with a prefix.
func rowsOf(prefix string, mapping *yaml.Node) ([]string, error) {
	var rows []string
	for i := 0; i < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		path := prefix + key.Value
		description := prose(key.HeadComment)
		isSection := value.Kind == yaml.MappingNode && len(value.Content) > 0 && description == ""
		if isSection {
			inner, err := rowsOf(path+".", value)
			if err != nil {
				return nil, err
			}
			rows = append(rows, inner...)
			continue
		}
		if description == "" {
			return nil, fmt.Errorf("line %d: %s must have a comment before it", key.Line, path)
		}
		text, err := inline(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		rows = append(rows, fmt.Sprintf("| `%s` | `%s` | %s |\n", path, text, description))
	}
	return rows, nil
}

// inline returns a value as YAML in one line.
func inline(value *yaml.Node) (string, error) {
	flow := *value
	flow.HeadComment, flow.LineComment, flow.FootComment = "", "", ""
	if flow.Kind != yaml.ScalarNode {
		flow.Style = yaml.FlowStyle
	}
	text, err := yaml.Marshal(&flow)
	return strings.TrimSpace(string(text)), err
}

// escaped keeps Markdown from reading a text as anything but text.
var escaped = strings.NewReplacer("|", `\|`, "*", `\*`, "<", `\<`)

// prose returns the text of the last paragraph of a comment, in one line. What is before an empty line is about
// something else, such as an example of the value before.
func prose(comment string) string {
	paragraphs := strings.Split(comment, "\n\n")
	var words []string
	for line := range strings.Lines(paragraphs[len(paragraphs)-1]) {
		words = append(words, strings.Fields(strings.TrimPrefix(line, "#"))...)
	}
	return escaped.Replace(strings.Join(words, " "))
}
