// Command docs writes the pages about the commands of kubectl-llm into a folder, for
// "make generate".
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra/doc"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/commands"
)

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: docs FOLDER"))
	}
	// The name of the kubeconfig's cache is in the home directory, which is not the reader's.
	if err := os.Setenv("HOME", "$HOME"); err != nil {
		fail(err)
	}
	if err := doc.GenMarkdownTree(commands.New(genericiooptions.NewTestIOStreamsDiscard()), os.Args[1]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "docs:", err)
	os.Exit(1)
}
