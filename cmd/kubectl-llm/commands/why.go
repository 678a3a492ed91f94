// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/why"
)

// structuredOutputs are the output formats of why and preflight, besides text.
var structuredOutputs = []string{"json", "yaml"}

func newWhy(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	r := whyRequest{streams: streams}
	cmd := &cobra.Command{
		Use:   "why NAME [FIELD] | why -f FILE [FIELD]",
		Short: "Explain who or what set the values of an OllamaDeployment",
		Long: "Print where each value of the spec comes from: a client, with its field manager; a default; other fields that it\n" +
			"is derived from; or a deprecated field that it is copied from. Print also what the value would be if it was removed.\n" +
			"With a FIELD, such as spec.ollama.replicas, ollama.envVars[HTTP_PROXY] or openwebui, only that field and those below\n" +
			"it are explained. With -f, an object in a file is explained as it would be stored.\n\n" +
			"The API server records defaults of its schema as set by whoever created the object. If it cannot be known which it\n" +
			"was, both are named. The time of a manager is that of its last change to any field.\n" +
			"If an object of the deprecated kind, Deployment of llm.geeper.io, maintains the OllamaDeployment, that is explained.",
		Example: `  # Explain all values
  kubectl llm why my-models

  # Explain one
  kubectl llm why my-models ollama.resources.requests.memory

  # Explain an object in a file, as JSON
  kubectl llm why -f models.yaml -o json`,
		Args: usageArgs(cobra.MaximumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.parse(args); err != nil {
				return usageError{err}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return r.run(ctx, flags)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return completeNames(cmd.Context(), flags), cobra.ShellCompDirectiveNoFileComp
			case 1:
				return completeFields(cmd.Context(), flags, args[0]), cobra.ShellCompDirectiveNoFileComp
			default:
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
		},
	}
	flags.AddFlags(cmd.Flags())
	cmd.Flags().StringVarP(&r.file, "filename", "f", "", "File with one OllamaDeployment to explain instead of one in the cluster, or - for standard input.")
	cmd.Flags().StringVarP(&r.output, "output", "o", "", "Output format: json or yaml.")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml", "json") // fails for unknown flags only
	completeWith(cmd, "output", structuredOutputs)
	return cmd
}

// A whyRequest is a parsed command line of "why".
type whyRequest struct {
	streams           genericiooptions.IOStreams
	file, name, field string
	output            string
}

func (r *whyRequest) parse(args []string) error {
	if r.output != "" && !slices.Contains(structuredOutputs, r.output) {
		return fmt.Errorf("unknown output format %q, must be one of %q", r.output, structuredOutputs)
	}
	switch {
	case r.file != "" && len(args) > 1:
		return fmt.Errorf("with -f, the only argument is the field, but got %q", args)
	case r.file == "" && len(args) == 0:
		return errors.New("no name specified; use \"kubectl llm why NAME\" or -f FILE")
	case r.file == "":
		r.name, args = args[0], args[1:]
	}
	if len(args) > 0 {
		r.field = args[0]
	}
	return nil
}

func (r *whyRequest) run(ctx context.Context, flags *genericclioptions.ConfigFlags) error {
	explainer, err := r.explainer(ctx, flags)
	if err != nil {
		return err
	}
	fields, err := explainer.Explain(r.field)
	if err != nil {
		return usageError{err}
	}
	return r.print(r.streams.Out, fields)
}

func (r *whyRequest) explainer(ctx context.Context, flags *genericclioptions.ConfigFlags) (*why.Explainer, error) {
	if r.file != "" {
		return r.explainFile()
	}
	return explainStored(ctx, flags, r.name)
}

// explainStored returns the explainer of the object in the cluster that users change.
func explainStored(ctx context.Context, flags *genericclioptions.ConfigFlags, name string) (*why.Explainer, error) {
	c, err := newObjectClient(flags, rest.NoWarnings{})
	if err != nil {
		return nil, err
	}
	stored, err := c.targetJSON(ctx, name)
	if err != nil {
		return nil, err
	}
	schema, err := check.Structural()
	if err != nil {
		return nil, err
	}
	return why.New(stored, schema)
}

// explainFile returns the explainer of the only object in the file, which has to be valid
// for an operator that allows everything.
func (r *whyRequest) explainFile() (*why.Explainer, error) {
	in := manifestFlags{names: []string{r.file}, opts: why.Permissive}
	objects, err := in.accepted(nil, r.streams)
	if err != nil {
		return nil, err
	}
	if len(objects) != 1 {
		return nil, usageError{fmt.Errorf("%s has %d OllamaDeployments, must have one", r.file, len(objects))}
	}
	stored, err := objects[0].StoredJSON()
	if err != nil {
		return nil, err
	}
	schema, err := check.Structural()
	if err != nil {
		return nil, err
	}
	return why.NewWritten(objects[0].Object.JSON, stored, schema)
}

// print prints the explanations in the output format.
func (r *whyRequest) print(w io.Writer, fields []why.Field) error {
	var err error
	if r.output == "" {
		err = why.Write(w, fields, time.Now())
	} else {
		var data []byte
		data, err = json.Marshal(struct {
			Fields []why.Field `json:"fields"`
		}{fields})
		if err == nil {
			err = writeObject(w, 0, data, r.output)
		}
	}
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// completeFields returns the fields of the object for shell completion, and none if it cannot be read.
func completeFields(ctx context.Context, flags *genericclioptions.ConfigFlags, name string) []string {
	explainer, err := explainStored(ctx, flags, name)
	if err != nil {
		return nil
	}
	return explainer.Paths()
}
