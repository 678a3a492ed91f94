// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newDefault(streams genericiooptions.IOStreams) *cobra.Command {
	var in manifestFlags
	var output string
	var diff bool
	cmd := &cobra.Command{
		Use:   "default [-f] FILE...",
		Short: "Print objects with all defaults, as they would be stored",
		Long: "Print OllamaDeployments with all defaults, as the API server would store them on creation. If an object is\n" +
			"invalid, its errors are printed to standard error and the command fails.",
		Example: `  # Print the whole object
  kubectl llm default -f models.yaml

  # Print the defaults as a diff
  kubectl llm default -f models.yaml --diff`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			if output != "yaml" && output != "json" {
				return usageError{fmt.Errorf("unknown output format %q, must be yaml or json", output)}
			}
			objects, err := in.accepted(args, streams)
			if err != nil {
				return err
			}
			for i, o := range objects {
				stored, err := o.storedJSON()
				if err != nil {
					return err
				}
				if diff {
					err = writeDiff(streams.Out, o, stored)
				} else {
					err = writeObject(streams.Out, i, stored, output)
				}
				if err != nil {
					return fmt.Errorf("printing: %w", err)
				}
			}
			return nil
		},
	}
	in.addFlags(cmd)
	in.addOperatorFlags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "yaml", "Output format: yaml or json.")
	cmd.Flags().BoolVar(&diff, "diff", false, "Print the defaults as a unified diff instead of the whole object.")
	completeWith(cmd, "output", []string{"yaml", "json"})
	return cmd
}

// storedJSON returns the object with its defaults, as JSON. All other values, such as
// quantities, stay as they are written, as they do in a cluster.
func (c checkedObject) storedJSON() ([]byte, error) {
	before, err := json.Marshal(c.Original)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	after, err := json.Marshal(c.Defaulted)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	patch, err := jsonpatch.CreateMergePatch(before, after)
	if err != nil {
		return nil, fmt.Errorf("computing the defaults: %w", err)
	}
	stored, err := jsonpatch.MergePatch(c.Result.JSON, patch)
	if err != nil {
		return nil, fmt.Errorf("applying the defaults: %w", err)
	}
	return stored, nil
}

// writeObject prints the object. All but the first, with index 0, follow a document separator.
func writeObject(w io.Writer, index int, data []byte, output string) error {
	if output == "json" {
		var object any
		if err := json.Unmarshal(data, &object); err != nil {
			return err
		}
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(object); err != nil {
			return err
		}
		_, err := w.Write(terminal.EscapeJSON(out.Bytes()))
		return err
	}
	text, err := terminal.JSONToYAML(data)
	if err != nil {
		return err
	}
	if index > 0 {
		text = append([]byte("---\n"), text...)
	}
	_, err = w.Write(text)
	return err
}

// writeDiff prints the difference between the object as written and as stored.
func writeDiff(w io.Writer, o checkedObject, stored []byte) error {
	before, err := terminal.JSONToYAML(o.Object.JSON)
	if err != nil {
		return err
	}
	after, err := terminal.JSONToYAML(stored)
	if err != nil {
		return err
	}
	return difflib.WriteUnifiedDiff(w, difflib.UnifiedDiff{
		A: difflib.SplitLines(string(before)), FromFile: terminal.EscapeLine(o.File),
		B: difflib.SplitLines(string(after)), ToFile: "as stored",
		Context: 3,
	})
}
