// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

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
	elected := make(chan struct{})
	collector := &modelsCollector{elected: elected}
	collector.OnAdd(object("a", v1alpha1.ModelPulled, v1alpha1.ModelPulling), true)
	collector.OnUpdate(nil, object("a", v1alpha1.ModelPulled, v1alpha1.ModelFailed))
	small, err := (&form{empty: emptyOf[v1alpha1.OllamaDeployment]}).pack(object("b", v1alpha1.ModelPulled))
	require.NoError(t, err)
	collector.OnAdd(small, false)
	collector.OnAdd(object("deleted", v1alpha1.ModelPulled), false)
	collector.OnDelete(object("deleted"))
	collector.OnAdd(object("missed", v1alpha1.ModelPulled), false)
	collector.OnDelete(cache.DeletedFinalStateUnknown{Key: "n/missed"})
	require.Zero(t, testutil.CollectAndCount(collector), "another replica is the leader")
	close(elected)
	require.NoError(t, testutil.CollectAndCompare(collector, strings.NewReader(`
# HELP llm_operator_models Number of listed models of all OllamaDeployments, by phase.
# TYPE llm_operator_models gauge
llm_operator_models{phase="Failed"} 1
llm_operator_models{phase="Pending"} 0
llm_operator_models{phase="Pulled"} 2
llm_operator_models{phase="Pulling"} 0
`)))
}
