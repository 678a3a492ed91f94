// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package migrate

import yamlv3 "go.yaml.in/yaml/v3"

// valueOf returns the value of the key in the mapping, or nil.
func valueOf(mapping *yamlv3.Node, name string) *yamlv3.Node {
	_, v := entry(mapping, name)
	return v
}

func entry(mapping *yamlv3.Node, name string) (key, value *yamlv3.Node) {
	for mapping != nil && mapping.Kind == yamlv3.AliasNode {
		mapping = mapping.Alias
	}
	if mapping == nil || mapping.Kind != yamlv3.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}
