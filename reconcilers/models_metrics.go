// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

var modelsDesc = prometheus.NewDesc("llm_operator_models",
	"Number of listed models of all OllamaDeployments, by phase.", []string{"phase"}, nil)

// A modelsCollector counts the models in the status of the cached objects. Only the leader does: all replicas
// of the manager have the objects, and a sum would count them several times.
type modelsCollector struct {
	cached client.Reader
	// elected is closed once this replica is the leader.
	elected <-chan struct{}
}

// Describe implements prometheus.Collector.
func (modelsCollector) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- modelsDesc }

// Collect implements prometheus.Collector.
func (c modelsCollector) Collect(metrics chan<- prometheus.Metric) {
	select {
	case <-c.elected:
	default:
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	list := &v1alpha1.OllamaDeploymentList{}
	if err := c.cached.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
		return // the cache has not started
	}
	counts := map[v1alpha1.ModelPhase]int{
		v1alpha1.ModelPending: 0, v1alpha1.ModelPulling: 0, v1alpha1.ModelPulled: 0, v1alpha1.ModelFailed: 0,
	}
	for i := range list.Items {
		for _, m := range list.Items[i].Status.Models {
			counts[m.Phase]++
		}
	}
	for phase, count := range counts {
		metrics <- prometheus.MustNewConstMetric(modelsDesc, prometheus.GaugeValue, float64(count), string(phase))
	}
}
