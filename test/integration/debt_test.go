// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// debtor has a volume that a flag allows, and a deprecated field.
const debtor = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: debtor}
spec:
  ollama:
    models: ["llama2:7b"]
    servicePort: 8000
    volumes: [{name: models, hostPath: {path: /models}}]
`

// What admission tolerates in a stored object is a condition and a metric, until it is corrected. The test is not
// parallel, because other tests use the manager.
func TestDebt(t *testing.T) {
	k := newKubectl(t)
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	metricFlags := []string{"--metrics-bind-address=" + address, "--metrics-secure=false"}
	debts := func(want ...string) {
		t.Helper()
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			found, err := metrics(address, `llm_operator_object_debt{name="debtor",namespace="`+k.namespace+`"`)
			assert.NoError(c, err)
			assert.Len(c, found, len(want))
			for _, one := range want {
				assert.Contains(c, found, `llm_operator_object_debt{name="debtor",namespace="`+k.namespace+`",type="`+one)
			}
		}, patience, tick)
	}
	t.Cleanup(func() { restartManager(t) })
	restartManager(t, append(metricFlags, "--allow-host-path")...)
	k.apply(t, debtor)
	const deprecated = `spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`
	k.condition(t, "debtor", "Debt", "True", "DeprecatedFields", deprecated)
	debts(`deprecated_field"} 1`)
	k.ready(t, "debtor")
	writes := k.atRest(t)
	k.ok(t, "", "annotate", "--overwrite", "service/debtor-ollama", "a=b")
	assert.Equal(t, writes, k.atRest(t))

	restartManager(t, metricFlags...)
	const tolerated = `spec.ollama.volumes[0].hostPath: Forbidden: `
	k.condition(t, "debtor", "Debt", "True", "ToleratedErrors", tolerated)
	k.condition(t, "debtor", "Debt", "True", "ToleratedErrors", "; "+deprecated)
	debts(`deprecated_field"} 1`, `tolerated_error"} 1`)
	shown, _, _ := k.plugin("status", "debtor")
	assert.Contains(t, shown, tolerated)

	k.ok(t, "", "patch", "ollamadeployment", "debtor", "--type=merge", "-p", `{"spec":{"ollama":{"volumes":null,"servicePort":null}}}`)
	k.eventually(t, "ollamadeployment/debtor", `.status.conditions[?(@.type=="Debt")]`, "")
	debts()
	k.ready(t, "debtor")

	k.ok(t, "", "patch", "ollamadeployment", "debtor", "--type=merge", "-p", `{"spec":{"ollama":{"servicePort":8001}}}`)
	debts(`deprecated_field"} 1`)
	k.ok(t, "", "delete", "ollamadeployment", "debtor")
	debts()
}
