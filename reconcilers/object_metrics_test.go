// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// measured returns an object of the name with models in these phases.
func measured(name string, phases ...v1alpha1.ModelPhase) *v1alpha1.OllamaDeployment {
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: name}}
	for _, phase := range phases {
		d.Status.Models = append(d.Status.Models, v1alpha1.ModelStatus{Phase: phase})
	}
	return d
}

// leading returns a collector of the leader.
func leading() *objectsCollector {
	elected := make(chan struct{})
	close(elected)
	collector := &objectsCollector{}
	collector.start(elected)
	return collector
}

// The leader counts the listed models of all objects by phase, also those of which there are none.
func TestModelsOfAllObjects(t *testing.T) {
	t.Parallel()
	elected := make(chan struct{})
	collector := &objectsCollector{}
	require.Zero(t, testutil.CollectAndCount(collector), "it is not started")
	collector.start(elected)
	collector.OnAdd(measured("a", v1alpha1.ModelPulled, v1alpha1.ModelPulling), true)
	collector.OnUpdate(nil, measured("a", v1alpha1.ModelPulled, v1alpha1.ModelFailed))
	small, err := (&form{empty: emptyOf[v1alpha1.OllamaDeployment]}).pack(measured("b", v1alpha1.ModelPulled))
	require.NoError(t, err)
	collector.OnAdd(small, false)
	collector.OnAdd(measured("deleted", v1alpha1.ModelPulled), false)
	collector.OnDelete(measured("deleted"))
	collector.OnAdd(measured("missed", v1alpha1.ModelPulled), false)
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
`), "llm_operator_models"))
	assert.Equal(t, 2, testutil.CollectAndCount(collector, "llm_operator_ollamadeployment_info"), "deleted objects have none")
}

// Each object has metrics of its phase, its conditions, its pods and its models.
func TestObjectMetrics(t *testing.T) {
	t.Parallel()
	d := measured("a", v1alpha1.ModelPulled, v1alpha1.ModelPulled, "Later")
	d.Generation = 3
	d.Spec.Paused = new(true)
	d.Spec.Tabby = &v1alpha1.TabbySpec{Enabled: new(true)}
	d.Status.ObservedGeneration, d.Status.ReadyReplicas, d.Status.TotalReplicas = 2, 1, 4
	d.Status.Phase = v1alpha1.PhaseProgressing
	d.Status.Conditions = []metav1.Condition{
		{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse},
		{Type: v1alpha1.ConditionModelsPulled, Status: metav1.ConditionUnknown},
		{Type: "Later", Status: metav1.ConditionTrue},
	}
	collector := leading()
	collector.OnAdd(d, false)
	const prefix = "llm_operator_ollamadeployment_"
	want := strings.ReplaceAll(`
info{name="a",namespace="n",openwebui="false",tabby="true"} 1
metadata_generation{name="a",namespace="n"} 3
spec_paused{name="a",namespace="n"} 1
status_condition{condition="ModelsPulled",name="a",namespace="n",status="false"} 0
status_condition{condition="ModelsPulled",name="a",namespace="n",status="true"} 0
status_condition{condition="ModelsPulled",name="a",namespace="n",status="unknown"} 1
status_condition{condition="Ready",name="a",namespace="n",status="false"} 1
status_condition{condition="Ready",name="a",namespace="n",status="true"} 0
status_condition{condition="Ready",name="a",namespace="n",status="unknown"} 0
status_models{name="a",namespace="n",phase="Failed"} 0
status_models{name="a",namespace="n",phase="Pending"} 0
status_models{name="a",namespace="n",phase="Pulled"} 2
status_models{name="a",namespace="n",phase="Pulling"} 0
status_observed_generation{name="a",namespace="n"} 2
status_phase{name="a",namespace="n",phase="Pending"} 0
status_phase{name="a",namespace="n",phase="Progressing"} 1
status_phase{name="a",namespace="n",phase="Ready"} 0
status_replicas{name="a",namespace="n"} 4
status_replicas_ready{name="a",namespace="n"} 1
`, "\n", "\n"+prefix)
	var got []string
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(collector)
	for line := range strings.Lines(scrape(t, registry)) {
		if strings.HasPrefix(line, prefix) {
			got = append(got, line)
		}
	}
	assert.Equal(t, strings.TrimSuffix(strings.TrimPrefix(want, "\n"), prefix), strings.Join(got, ""))
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

// BenchmarkScrape measures a scrape of the metrics of many objects.
func BenchmarkScrape(b *testing.B) {
	for _, count := range []int{300, 10_000} {
		b.Run(fmt.Sprintf("objects=%d", count), func(b *testing.B) {
			collector := leading()
			for i := range count {
				d := measured(fmt.Sprintf("stack-%d", i), v1alpha1.ModelPulled, v1alpha1.ModelPulling)
				d.Status.Phase = v1alpha1.PhaseReady
				for _, kind := range conditionTypes[:4] {
					d.Status.Conditions = append(d.Status.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue})
				}
				collector.OnAdd(d, true)
			}
			registry := prometheus.NewRegistry()
			registry.MustRegister(collector)
			handler := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
			request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			b.ReportAllocs()
			var out discarded
			for b.Loop() {
				out.bytes = 0
				handler.ServeHTTP(&out, request)
			}
			b.ReportMetric(float64(out.bytes)/float64(count), "B/object")
		})
	}
}

// discarded is a response of which only the length is kept.
type discarded struct {
	header http.Header
	bytes  int
}

func (d *discarded) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}

func (*discarded) WriteHeader(int) {}

func (d *discarded) Write(data []byte) (int, error) {
	d.bytes += len(data)
	return len(data), nil
}

// scrape returns what a scrape of the registry answers.
func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, recorder.Code)
	return recorder.Body.String()
}
