// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/migrate"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newMigrate(streams genericiooptions.IOStreams) *cobra.Command {
	var in manifestFlags
	var write bool
	cmd := &cobra.Command{
		Use:   "migrate [-f] FILE...",
		Short: "Replace the deprecated kind and fields in manifests",
		Long: "Replace the deprecated kind Deployment of llm.geeper.io and the deprecated fields serviceType, servicePort,\n" +
			"ingressEnabled and ingressHost. Comments, order and layout are preserved. A file is replaced atomically, and\n" +
			"only if all objects in it keep their meaning. Several files are printed as one YAML stream, each with a\n" +
			"comment that names the file.",
		Example: `  # Print the migrated manifest
  kubectl llm migrate -f models.yaml

  # Migrate all files in a directory in place
  kubectl llm migrate -R -f deploy/ --write`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			return in.migrate(args, streams, write)
		},
	}
	in.addFlags(cmd)
	cmd.Flags().BoolVarP(&write, "write", "w", false, "Write the result to the files instead of printing it.")
	return cmd
}

// migrate migrates all files that it can, and returns the errors of the others.
func (f *manifestFlags) migrate(args []string, streams genericiooptions.IOStreams, write bool) error {
	var out []manifest.File
	var errs []error
	read := 0
	for file, err := range f.read(args, streams) {
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		read++
		text, err := migrate.File(file)
		switch {
		case err != nil:
			errs = append(errs, migrateError(err))
		case write && file.Name != manifest.Stdin:
			errs = append(errs, writeRewritten(streams.ErrOut, file, text))
		default:
			out = append(out, manifest.File{Name: file.Name, Data: text})
		}
	}
	if read == 0 && !f.allowEmpty {
		return usageError{errors.New("no files found; use --allow-empty to allow that")}
	}
	return errors.Join(append(errs, printFiles(streams.Out, out, read > 1))...)
}

// migrateError turns parse errors into usage errors.
func migrateError(err error) error {
	var parseErr *manifest.ParseError
	if errors.As(err, &parseErr) {
		return usageError{err}
	}
	return err
}

// writeRewritten replaces the contents of the file if they change, and prints its name to w.
func writeRewritten(w io.Writer, file manifest.File, text []byte) error {
	if bytes.Equal(text, file.Data) {
		return nil
	}
	if err := replaceFile(file.Name, text); err != nil {
		return fmt.Errorf("writing %s: %w", file.Name, err)
	}
	_, err := fmt.Fprintf(w, "%s rewritten\n", terminal.EscapeLine(file.Name))
	return err
}

// printFiles prints the files: byte for byte, or as one YAML stream if asStream is set. It
// prints the others even if a file cannot be in a stream.
func printFiles(w io.Writer, files []manifest.File, asStream bool) error {
	var out bytes.Buffer
	var errs []error
	for _, file := range files {
		text := file.Data
		if asStream {
			var err error
			if text, err = streamDocument(file); err != nil {
				errs = append(errs, err)
			}
		}
		out.Write(text)
	}
	if err := writeText(w, out.Bytes()); err != nil {
		errs = append(errs, fmt.Errorf("printing: %w", err))
	}
	return errors.Join(errs...)
}

// writeText writes the text, escaped if the output is a terminal.
func writeText(w io.Writer, text []byte) error {
	if terminal.IsTerminal(w) {
		_, err := io.WriteString(w, terminal.EscapeText(string(text)))
		return err
	}
	_, err := w.Write(text)
	return err
}

// streamDocument returns the file as documents of a YAML stream, below a comment with its
// name. It fails if that would change the objects. The text begins with a document marker
// and ends with a newline, so that it can be concatenated.
func streamDocument(file manifest.File) ([]byte, error) {
	text := fmt.Appendf(nil, "---\n# Source: %s\n", terminal.EscapeLine(file.Name))
	text = append(text, toDocuments(file.Data)...)
	if !sameObjects(file, manifest.File{Name: file.Name, Data: text}) {
		return nil, fmt.Errorf("%s: cannot be in one YAML stream with other files; process it separately", file.Name)
	}
	return text, nil
}

// sameObjects reports whether both files have the same objects in the same order, and as many documents that cannot be
// parsed.
func sameObjects(a, b manifest.File) bool {
	objectsA, parseErrsA := manifest.Parse(a)
	objectsB, parseErrsB := manifest.Parse(b)
	return len(parseErrsA) == len(parseErrsB) &&
		slices.EqualFunc(objectsA, objectsB, func(a, b manifest.Object) bool { return bytes.Equal(a.JSON, b.JSON) })
}

// toDocuments returns the text so that document markers can precede and follow it. JSON
// objects become one document each.
func toDocuments(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if values := manifest.SplitJSON(text); values != nil {
		documents := make([][]byte, 0, len(values))
		for _, value := range values {
			documents = append(documents, value.YAML())
		}
		return append(bytes.Join(documents, []byte("\n---\n")), '\n')
	}
	for _, marker := range []string{"---\n", "---\r\n"} {
		text = bytes.TrimPrefix(text, []byte(marker))
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text[:len(text):len(text)], '\n')
	}
	return text
}
