// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/render"
)

func newRender(streams genericiooptions.IOStreams) *cobra.Command {
	var in manifestFlags
	var opts render.Options
	cmd := &cobra.Command{
		Use:   "render [-f] FILE...",
		Short: "Print the objects that the operator would create",
		Long: "Print the Deployments, Services and other objects that the operator would apply for OllamaDeployments, as\n" +
			"YAML. Owner references and the randomly generated values of Secrets are omitted. Names that the API server\n" +
			"would generate from generateName end in xxxxx.",
		Example: `  # Print the objects of a manifest
  kubectl llm render -f models.yaml

  # Compare the objects of two versions
  diff <(kubectl llm render -f old.yaml) <(kubectl llm render -f new.yaml)`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			objects, err := in.accepted(args, streams)
			if err != nil {
				return err
			}
			for _, o := range objects {
				if err := writeChildren(streams.Out, check.WithGeneratedName(o.Defaulted), opts); err != nil {
					return fmt.Errorf("printing: %w", err)
				}
			}
			return nil
		},
	}
	in.addFlags(cmd)
	in.addOperatorFlags(cmd)
	addOperatorNamespace(cmd, &opts.OperatorNamespace)
	return cmd
}

// addOperatorNamespace adds the flag of the namespace on which rendering depends.
func addOperatorNamespace(cmd *cobra.Command, namespace *string) {
	cmd.Flags().StringVar(namespace, "operator-namespace", v1alpha1.OperatorNamespace,
		"Namespace of the operator's pods, which network policies let reach Ollama; empty for an operator that runs outside of the cluster.")
}

// writeChildren prints the objects that the operator applies for a defaulted object, in the
// order in which it applies them.
func writeChildren(w io.Writer, d *v1alpha1.OllamaDeployment, opts render.Options) error {
	secrets := render.Secrets(d)
	if identity := render.IdentitySecret(d); identity != nil {
		secrets = append(secrets, *identity)
	}
	for _, secret := range secrets {
		object := corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: metav1.ObjectMeta{Name: secret.Name, Labels: secret.Labels},
			Type:       corev1.SecretTypeOpaque,
		}
		if err := writeChild(w, d, object, fmt.Sprintf("# The value of %s is generated randomly.\n", secret.Key)); err != nil {
			return err
		}
	}
	objects, err := render.Objects(d, opts)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := writeChild(w, d, object.Config, ""); err != nil {
			return err
		}
	}
	return nil
}

// writeChild prints one object as a YAML document below the comment.
func writeChild(w io.Writer, d *v1alpha1.OllamaDeployment, child any, comment string) error {
	data, err := json.Marshal(child)
	if err != nil {
		return err
	}
	object := unstructured.Unstructured{}
	if err := json.Unmarshal(data, &object.Object); err != nil {
		return err
	}
	object.SetOwnerReferences(nil)
	object.SetNamespace(d.Namespace)
	data, err = json.Marshal(object.Object)
	if err != nil {
		return err
	}
	text, err := terminal.JSONToYAML(data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "---\n%s%s", comment, text)
	return err
}
