// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The leader counts the listed models of all objects by phase, also those of which there are none.
func TestModelsCollector(t *testing.T) {
	t.Parallel()
	object := func(name string, phases ...v1alpha1.ModelPhase) *v1alpha1.OllamaDeployment {
		d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: name}}
		for _, phase := range phases {
			d.Status.Models = append(d.Status.Models, v1alpha1.ModelStatus{Phase: phase})
		}
		return d
	}
	cached := fakeCluster(t).WithObjects(object("a", v1alpha1.ModelPulled, v1alpha1.ModelFailed), object("b", v1alpha1.ModelPulled)).Build()
	elected := make(chan struct{})
	require.Zero(t, testutil.CollectAndCount(modelsCollector{cached, elected}), "another replica is the leader")
	close(elected)
	require.NoError(t, testutil.CollectAndCompare(modelsCollector{cached, elected}, strings.NewReader(`
# HELP llm_operator_models Number of listed models of all OllamaDeployments, by phase.
# TYPE llm_operator_models gauge
llm_operator_models{phase="Failed"} 1
llm_operator_models{phase="Pending"} 0
llm_operator_models{phase="Pulled"} 2
llm_operator_models{phase="Pulling"} 0
`)))
}
