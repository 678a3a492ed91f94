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
	var in input
	var output string
	var diff bool
	cmd := &cobra.Command{
		Use:   "default [-f] FILE...",
		Short: "Show objects as they would be stored, with every default",
		Long: "Print OllamaDeployments with every default filled in, as admission would store them if they were created.\n" +
			"Objects that would be refused are not shown; what is wrong with them is.",
		Example: `  # The whole object
  kubectl llm default -f models.yaml

  # What is filled in
  kubectl llm default -f models.yaml --diff`,
		Args: args(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, arguments []string) error {
			if output != "yaml" && output != "json" {
				return usageError{fmt.Errorf("unknown output format %q, must be yaml or json", output)}
			}
			objects, err := in.admitted(arguments, streams)
			if err != nil {
				return err
			}
			for i, o := range objects {
				stored, err := o.stored()
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
	in.bind(cmd)
	in.bindOptions(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "yaml", "Output format: yaml or json.")
	cmd.Flags().BoolVar(&diff, "diff", false, "Show what is filled in, as a unified diff.")
	completeWith(cmd, "output", []string{"yaml", "json"})
	return cmd
}

// stored is the object with its defaults, as JSON. What the defaults leave alone stays
// as it is written, quantities among it, as it does in a cluster.
func (c checked) stored() ([]byte, error) {
	before, err := json.Marshal(c.Given)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	after, err := json.Marshal(c.Result.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	patch, err := jsonpatch.CreateMergePatch(before, after)
	if err != nil {
		return nil, fmt.Errorf("comparing the object with its defaults: %w", err)
	}
	stored, err := jsonpatch.MergePatch(c.Result.JSON, patch)
	if err != nil {
		return nil, fmt.Errorf("filling in the defaults: %w", err)
	}
	return stored, nil
}

// writeObject prints the object with the given number among others.
func writeObject(w io.Writer, number int, data []byte, output string) error {
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
		_, err := w.Write(terminal.JSON(out.Bytes()))
		return err
	}
	text, err := terminal.YAML(data)
	if err != nil {
		return err
	}
	if number > 0 {
		text = append([]byte("---\n"), text...)
	}
	_, err = w.Write(text)
	return err
}

func writeDiff(w io.Writer, o checked, stored []byte) error {
	before, err := terminal.YAML(o.Object.JSON)
	if err != nil {
		return err
	}
	after, err := terminal.YAML(stored)
	if err != nil {
		return err
	}
	return difflib.WriteUnifiedDiff(w, difflib.UnifiedDiff{
		A: difflib.SplitLines(string(before)), FromFile: terminal.Plain(o.File),
		B: difflib.SplitLines(string(after)), ToFile: "as stored",
		Context: 3,
	})
}
