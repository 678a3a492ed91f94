// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/models"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/pack"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// stdout is the name of the output file that stands for standard output.
const stdout = "-"

// A packRequest is a parsed command line of "pack".
type packRequest struct{ folder, output, tag string }

func newPack(streams genericiooptions.IOStreams) *cobra.Command {
	var r packRequest
	cmd := &cobra.Command{
		Use:   "pack MODEL... -o FILE",
		Short: "Pack models into an OCI image",
		Long: "Pack models of a local folder of Ollama into an OCI image, for clusters that cannot pull models. The image\n" +
			"has a layer for each model, in the order of the arguments; what several models share is in the layer of the\n" +
			"first. The same models in the same order result in the same image. All files are compared with their\n" +
			"digests; each is read twice, and none is held in memory.\n\n" +
			"The archive can be loaded by docker, podman, ctr, skopeo and crane. Its image works on nodes with amd64 and\n" +
			"with arm64.\n\n" +
			"The exit status is 0 if the archive is written, 1 if it cannot be written, and 2 if the command line is\n" +
			"wrong, or the folder lacks a model or is damaged.",
		Example: `  # Pack two models that "ollama pull" has pulled
  kubectl llm pack llama3.2:3b all-minilm:22m -o image.tar

  # Pack a model of another folder, and push the image to a registry without compressing it
  kubectl llm pack llama3.2:3b --models /srv/models --tag registry.example.com/models:1 -o image.tar
  skopeo copy --all --preserve-digests oci-archive:image.tar docker://registry.example.com/models:1

  # Load the image into Docker
  kubectl llm pack llama3.2:3b -o - | docker load`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			err := r.run(ctx, args, streams)
			if errors.Is(err, context.Canceled) {
				return errors.New("interrupted; no image was written")
			}
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return r.complete(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&r.folder, "models", "", "Ollama's folder of models. Defaults to $OLLAMA_MODELS, or else to ~/.ollama/models.")
	cmd.Flags().StringVarP(&r.output, "output", "o", "", "File to write the archive to, or - for standard output. A file that exists is replaced.")
	cmd.Flags().StringVar(&r.tag, "tag", "models:latest", "Name of the image in the archive.")
	return cmd
}

func (r *packRequest) run(ctx context.Context, args []string, streams genericiooptions.IOStreams) error {
	names, err := models.Parse(args)
	if err != nil {
		return usageError{err}
	}
	tag, err := r.check(streams.Out)
	if err != nil {
		return usageError{err}
	}
	root, err := r.open()
	if err != nil {
		return usageError{err}
	}
	defer root.Close()
	folder := pack.NewFolder(root.FS())
	found, err := find(folder, root.Name(), names)
	if err != nil {
		return usageError{err}
	}
	out, err := createOutput(r.output, streams.Out)
	if err != nil {
		return err
	}
	printer := &packPrinter{progressPrinter: newProgressPrinter(streams.ErrOut)}
	image, err := pack.New(ctx, folder, found, printer.print)
	if err != nil {
		_ = out.close(err) // nothing is written yet
		printer.end()
		if errors.Is(err, context.Canceled) {
			return err
		}
		return usageError{err}
	}
	err = out.close(image.Write(ctx, out, tag))
	printer.end()
	if err == nil {
		r.report(streams, found, image, tag)
	}
	return err
}

// check checks the flags, and returns the name of the image.
func (r *packRequest) check(out io.Writer) (pack.Tag, error) {
	if r.output == "" {
		return pack.Tag{}, errors.New("no output file specified; use -o FILE, or -o - for standard output")
	}
	if r.output == stdout && terminal.IsTerminal(out) {
		return pack.Tag{}, errors.New("standard output is a terminal; use -o FILE, or redirect standard output")
	}
	tag, err := pack.ParseTag(r.tag)
	if err != nil {
		return tag, fmt.Errorf("--tag=%s: %w", r.tag, err)
	}
	return tag, nil
}

// open opens the folder of models. Nothing outside of it is read, not even through symbolic links.
//
// Source: ollama/ollama, envconfig/config.go (Models), v0.32.15.
func (r *packRequest) open() (*os.Root, error) {
	folder := cmp.Or(r.folder, os.Getenv("OLLAMA_MODELS"))
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("finding the folder of models: %w; name it with --models", err)
		}
		folder = filepath.Join(home, ".ollama", "models")
	}
	root, err := os.OpenRoot(folder)
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return nil, fmt.Errorf("%s: %w; name Ollama's folder of models with --models", folder, pathErr.Err)
	}
	return root, err
}

// maxListed limits the number of models in a message.
const maxListed = 10

// find returns the models of the folder that have the names.
func find(folder pack.Folder, path string, names []v1alpha1.OllamaModel) ([]pack.Model, error) {
	all, err := folder.Models()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no models; pull them with \"ollama pull MODEL\", or name another folder with --models", path)
	}
	listed := make([]string, 0, len(all))
	for _, m := range all {
		listed = append(listed, string(m.Name))
	}
	more := ""
	if n := len(all) - maxListed; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	var found []pack.Model
	var errs []error
	for _, name := range names {
		m, ok := pack.Find(all, name.Name())
		switch {
		case ok && !slices.Contains(found, m):
			found = append(found, m)
		case !ok:
			err := fmt.Errorf("%s does not have %q; it has %q%s", path, name, listed[:min(len(listed), maxListed)], more)
			if suggestion := validation.Nearest(string(name), listed); suggestion != "" {
				err = fmt.Errorf("%w; did you mean %q?", err, suggestion)
			}
			errs = append(errs, err)
		}
	}
	if len(found) > pack.MaxModels {
		errs = append(errs, fmt.Errorf("an image can have %d models, not %d; pack them into several images", pack.MaxModels, len(found)))
	}
	return found, errors.Join(errs...)
}

// report prints what was written, to standard error if standard output has the archive.
func (r *packRequest) report(streams genericiooptions.IOStreams, found []pack.Model, image *pack.Image, tag pack.Tag) {
	out, written := streams.Out, terminal.EscapeLine(r.output)+": "
	if r.output == stdout {
		out, written = streams.ErrOut, ""
	}
	for i, size := range image.Sizes() {
		fmt.Fprintln(out, string(found[i].Name)+":", status.HumanBytes(float64(size)))
	}
	fmt.Fprintln(out, written+tag.String()+"@"+image.Digest())
}

// complete returns the names of the models in the folder.
func (r *packRequest) complete() []string {
	root, err := r.open()
	if err != nil {
		return nil
	}
	defer root.Close()
	all, _ := pack.NewFolder(root.FS()).Models() // without them, nothing is completed
	names := make([]string, 0, len(all))
	for _, m := range all {
		names = append(names, string(m.Name))
	}
	return names
}
