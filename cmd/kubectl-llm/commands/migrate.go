package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/migrate"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newMigrate(streams genericiooptions.IOStreams) *cobra.Command {
	var in input
	var write bool
	cmd := &cobra.Command{
		Use:   "migrate [-f] FILE...",
		Short: "Rewrite older spellings in manifests",
		Long: "Rewrite the kind Deployment of llm.geeper.io, and serviceType, servicePort, ingressEnabled and ingressHost,\n" +
			"as they are spelled today. Comments, order and layout stay, and so does everything else in the files. A file\n" +
			"is written only if every object in it means the same afterwards, and is whole at any time. Several files are\n" +
			"printed as the documents of one stream, each behind a comment with the name of its file.",
		Example: `  # Look first
  kubectl llm migrate -f models.yaml

  # Then change the files
  kubectl llm migrate -R -f deploy/ --write`,
		Args: args(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return in.migrate(arguments, streams, write)
		},
	}
	in.bind(cmd)
	cmd.Flags().BoolVarP(&write, "write", "w", false, "Change the files, instead of printing them.")
	return cmd
}

// migrate rewrites every file that can be, and returns the errors of the others.
func (i *input) migrate(arguments []string, streams genericiooptions.IOStreams, write bool) error {
	var out []manifest.File
	var errs []error
	read := 0
	for file, err := range i.read(arguments, streams) {
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		read++
		text, err := migrate.File(file)
		switch {
		case err != nil:
			errs = append(errs, migrateError(err))
		case write && file.Name != manifest.Stdin:
			errs = append(errs, rewrite(streams.ErrOut, file, text))
		default:
			out = append(out, manifest.File{Name: file.Name, Data: text})
		}
	}
	if read == 0 && !i.allowEmpty {
		return usageError{errors.New("no file is given; --allow-empty allows that")}
	}
	if err := printFiles(streams.Out, out, read > 1); err != nil {
		errs = append(errs, fmt.Errorf("printing: %w", err))
	}
	return errors.Join(errs...)
}

// migrateError makes a file that cannot be read a mistake in usage.
func migrateError(err error) error {
	var unreadable *manifest.UnreadableError
	if errors.As(err, &unreadable) {
		return usageError{err}
	}
	return err
}

func rewrite(w io.Writer, file manifest.File, text []byte) error {
	if bytes.Equal(text, file.Data) {
		return nil
	}
	if err := replaceContents(file.Name, text); err != nil {
		return fmt.Errorf("writing %s: %w", file.Name, err)
	}
	_, err := fmt.Fprintf(w, "%s rewritten\n", terminal.Plain(file.Name))
	return err
}

// printFiles prints one file as it is, to the letter, and several as one stream of YAML.
// What people look at is quoted.
func printFiles(w io.Writer, files []manifest.File, apart bool) error {
	var out bytes.Buffer
	for _, file := range files {
		text := file.Data
		if apart {
			fmt.Fprintf(&out, "---\n# Source: %s\n", terminal.Plain(file.Name))
			text = asDocuments(text)
		}
		out.Write(text)
	}
	if terminal.Is(w) {
		_, err := io.WriteString(w, terminal.Lines(out.String()))
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// asDocuments returns the text so that it can stand behind "---" and before it.
func asDocuments(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		text = bytes.ReplaceAll(text, []byte("\t"), []byte(" ")) // JSON may have tabs where YAML may not
	}
	for _, marker := range []string{"---\n", "---\r\n"} {
		text = bytes.TrimPrefix(text, []byte(marker))
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text[:len(text):len(text)], '\n')
	}
	return text
}
