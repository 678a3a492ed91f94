package commands

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/migrate"
)

func newMigrate(streams genericiooptions.IOStreams) *cobra.Command {
	var in input
	var write bool
	cmd := &cobra.Command{
		Use:   "migrate [-f] FILE...",
		Short: "Rewrite older spellings in manifests",
		Long: "Rewrite the kind Deployment of llm.geeper.io, and serviceType, servicePort, ingressEnabled and ingressHost,\n" +
			"as they are spelled today. Comments, order and layout stay, and so does everything else in the files. A file\n" +
			"is written only if every object in it means the same afterwards.",
		Example: `  # Look first
  kubectl llm migrate -f models.yaml

  # Then change the files
  kubectl llm migrate -R -f deploy/ --write`,
		Args: args(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, arguments []string) error {
			files, err := in.read(arguments, streams)
			if err != nil {
				return err
			}
			var errs []error
			for _, file := range files {
				errs = append(errs, migrateFile(streams, file, write))
			}
			return errors.Join(errs...)
		},
	}
	in.bind(cmd)
	cmd.Flags().BoolVarP(&write, "write", "w", false, "Change the files, instead of printing them.")
	return cmd
}

func migrateFile(streams genericiooptions.IOStreams, file manifest.File, write bool) error {
	out, err := migrate.File(file)
	if err != nil {
		return err
	}
	if !write || file.Name == manifest.Stdin {
		_, err = streams.Out.Write(out)
		return err
	}
	if bytes.Equal(out, file.Data) {
		return nil
	}
	info, err := os.Stat(file.Name)
	if err != nil {
		return fmt.Errorf("writing %s: %w", file.Name, err)
	}
	if err := os.WriteFile(file.Name, out, info.Mode().Perm()); err != nil {
		return fmt.Errorf("writing %s: %w", file.Name, err)
	}
	_, err = fmt.Fprintf(streams.ErrOut, "%s rewritten\n", file.Name)
	return err
}
