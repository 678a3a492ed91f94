// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// Results of upgradeRestarts.
const (
	resultCompleted = "completed"
	resultOverdue   = "overdue"
)

var (
	restartsDesc = prometheus.NewDesc("llm_operator_upgrade_restarts",
		"Number of OllamaDeployments whose pods are replaced, or wait for that, because a new version of the operator changes them, by state.",
		[]string{"state"}, nil)
	upgradeRestarts = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_upgrade_restarts_total",
		Help: "OllamaDeployments whose pods were replaced because a new version of the operator changes them, or were not ready in time, by result.",
	}, []string{"result"})
)

// restartQueue counts the objects of the manager's queue.
var restartQueue = &restartsCollector{}

func init() { metrics.Registry.MustRegister(upgradeRestarts, restartQueue) }

// A restartsCollector counts the objects of a queue. It has no metrics if there is none.
type restartsCollector struct{ queue atomic.Pointer[restarts] }

// Describe implements prometheus.Collector.
func (*restartsCollector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- restartsDesc
}

// Collect implements prometheus.Collector.
func (c *restartsCollector) Collect(metrics chan<- prometheus.Metric) {
	queue := c.queue.Load()
	if queue == nil {
		return
	}
	running, waiting := queue.counts()
	metrics <- gauge(restartsDesc, float64(running), "running")
	metrics <- gauge(restartsDesc, float64(waiting), "waiting")
}
