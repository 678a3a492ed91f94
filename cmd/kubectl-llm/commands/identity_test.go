// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/internal/ollama/sshkey"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	private, _, err := sshkey.New(rand.Reader, "")
	require.NoError(t, err)
	public, err := sshkey.PublicKey(private, "models/stack")
	require.NoError(t, err)
	const (
		secret = "/api/v1/namespaces/models/secrets/key"
		object = `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": %q, "metadata": {"name": "stack", "namespace": "models"}, "spec": {"ollama": {"identitySecretRef": %s}}}`
	)
	withData := func(data string) string {
		return `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}, "data": ` + data + `}`
	}
	encoded := base64.StdEncoding.EncodeToString(private)
	known := fmt.Sprintf(object, "OllamaDeployment", `{"name": "key"}`)
	for name, tc := range map[string]struct {
		responses map[string]string
		out, err  string
	}{
		"a key": {map[string]string{
			apiPath + "ollamadeployments/stack": known, secret: withData(`{"id_ed25519": "` + encoded + `"}`),
		}, public + "\n", ""},
		"a key of the deprecated kind": {map[string]string{
			apiPath + "deployments/stack": fmt.Sprintf(object, "Deployment", `{"name": "key"}`), secret: withData(`{"id_ed25519": "` + encoded + `"}`),
		}, public + "\n", ""},
		"the public half of another key": {map[string]string{
			apiPath + "ollamadeployments/stack": known, secret: withData(`{"id_ed25519": "` + encoded + `", "id_ed25519.pub": "YQ=="}`),
		}, public + "\n", ""},
		"no object": {nil, "", "error: stack not found\n"},
		"no reference": {map[string]string{
			apiPath + "ollamadeployments/stack": fmt.Sprintf(object, "OllamaDeployment", "null"),
		}, "", `error: "stack" has no ollama.identitySecretRef, and so each of its pods has a key of its own; set identitySecretRef: {name: stack-identity, create: true} to have the operator make a lasting one` + "\n"},
		"no Secret": {
			map[string]string{apiPath + "ollamadeployments/stack": known},
			"",
			`error: Secret "key" of ollama.identitySecretRef does not exist; create it with a private key in id_ed25519, or set create: true` + "\n",
		},
		"no Secret yet": {map[string]string{
			apiPath + "ollamadeployments/stack": fmt.Sprintf(object, "OllamaDeployment", `{"name": "key", "create": true}`),
		}, "", `error: Secret "key" of ollama.identitySecretRef does not exist yet; "kubectl llm status stack" shows what the operator does` + "\n"},
		"no key": {
			map[string]string{apiPath + "ollamadeployments/stack": known, secret: withData("{}")},
			"",
			`error: Secret "key" of ollama.identitySecretRef cannot be used: id_ed25519 is missing` + "\n",
		},
		"something else": {
			map[string]string{apiPath + "ollamadeployments/stack": known, secret: withData(`{"id_ed25519": "c2VjcmV0"}`)},
			"",
			`error: Secret "key" of ollama.identitySecretRef cannot be used: id_ed25519 is not a private key of OpenSSH` + "\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := newAPIServer(t, tc.responses)
			streams, _, out, errOut := genericiooptions.NewTestIOStreams()
			status := Run([]string{"identity", "stack", "--kubeconfig", os.DevNull, "--server", *flags.APIServer, "--namespace", *flags.Namespace}, streams)
			assert.Equal(t, tc.out, out.String())
			assert.Equal(t, tc.err, errOut.String())
			assert.Equal(t, tc.err != "", status == ExitInvalid)
		})
	}
}

// "render" prints the Secret that the operator creates, and none that the user provides.
func TestRenderIdentity(t *testing.T) {
	t.Parallel()
	for create, printed := range map[string]bool{"true": true, "false": false} {
		streams, in, out, errOut := genericiooptions.NewTestIOStreams()
		in.WriteString(`{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: a}, spec: {ollama: {models: ["llama2:7b"], identitySecretRef: {name: key, create: ` + create + `}}}}`)
		require.Zero(t, Run([]string{"render", "-f", "-"}, streams), errOut.String())
		assert.Equal(t, printed, strings.Contains(out.String(), "---\n# The value of id_ed25519 is generated randomly.\napiVersion: v1\nkind: Secret\n"), create)
	}
}
