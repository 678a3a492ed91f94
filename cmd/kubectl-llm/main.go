// Command kubectl-llm is the operator's admission without a cluster, and a look at its
// objects on one. On the PATH it is "kubectl llm".
package main

import (
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/commands"
)

func main() {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	os.Exit(commands.Run(os.Args[1:], streams))
}
