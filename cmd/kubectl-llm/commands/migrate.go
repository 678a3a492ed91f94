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
	return errors.Join(append(errs, printFiles(streams.Out, out, read > 1))...)
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
// What people look at is quoted. A file that cannot be part of a stream does not hold
// up the others.
func printFiles(w io.Writer, files []manifest.File, apart bool) error {
	var out bytes.Buffer
	var errs []error
	for _, file := range files {
		text := file.Data
		if apart {
			var err error
			if text, err = part(file); err != nil {
				errs = append(errs, err)
			}
		}
		out.Write(text)
	}
	if err := printText(w, out.Bytes()); err != nil {
		errs = append(errs, fmt.Errorf("printing: %w", err))
	}
	return errors.Join(errs...)
}

func printText(w io.Writer, text []byte) error {
	if terminal.Is(w) {
		_, err := io.WriteString(w, terminal.Lines(string(text)))
		return err
	}
	_, err := w.Write(text)
	return err
}

// part returns the file as a part of a stream of YAML, behind a comment with its name.
// It fails unless the objects of the part are those of the file. A part begins with a
// marker and ends with its line, so what stands around it does not change them.
func part(file manifest.File) ([]byte, error) {
	text := fmt.Appendf(nil, "---\n# Source: %s\n", terminal.Plain(file.Name))
	text = append(text, asDocuments(file.Data)...)
	if !sameObjects(file, manifest.File{Name: file.Name, Data: text}) {
		return nil, fmt.Errorf("%s: would not mean the same in one stream with other files; migrate it alone", file.Name)
	}
	return text, nil
}

// sameObjects tells whether both files can be read and have the same objects in the
// same order.
func sameObjects(a, b manifest.File) bool {
	inA, unreadableA := manifest.Parse(a)
	inB, unreadableB := manifest.Parse(b)
	return len(unreadableA)+len(unreadableB) == 0 &&
		slices.EqualFunc(inA, inB, func(a, b manifest.Object) bool { return bytes.Equal(a.JSON, b.JSON) })
}

// asDocuments returns the text so that it can stand behind "---" and before it. Objects
// of JSON become a document each.
func asDocuments(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if values := manifest.SplitJSON(text); values != nil {
		documents := make([][]byte, 0, len(values))
		for _, value := range values {
			documents = append(documents, value.Data)
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
