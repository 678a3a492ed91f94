// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
		RunE: func(cmd *cobra.Command, args []string) error {
			if diff && cmd.Flags().Changed("output") {
				return usageError{errors.New("--output and --diff exclude each other")}
			}
			if output != "yaml" && output != "json" {
				return usageError{fmt.Errorf("unknown output format %q, must be yaml or json", output)}
			}
			objects, err := in.accepted(args, streams)
			if err != nil {
				return err
			}
			for i, o := range objects {
				stored, err := o.StoredJSON()
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
		A: diffLines(string(before)), FromFile: terminal.EscapeLine(o.File),
		B: diffLines(string(after)), ToFile: "as stored",
		Context: 3,
	})
}
