// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"go.yaml.in/yaml/v3"
)

// ReadRules returns the rules of a PrometheusRule.
func ReadRules(file string) ([]rulefmt.Rule, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var object struct {
		Spec rulefmt.RuleGroups
	}
	if err := yaml.Unmarshal(data, &object); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	var rules []rulefmt.Rule
	for _, group := range object.Spec.Groups {
		rules = append(rules, group.Rules...)
	}
	return rules, nil
}

// Evaluate evaluates an alert at all steps and appends the series ALERTS, as Prometheus does: an alert is pending until its
// expression has had a value at all steps of its duration, and then firing.
func (s *Storage) Evaluate(ctx context.Context, rule rulefmt.Rule, start, end time.Time, step time.Duration) error {
	results, err := Matrix(ctx, s, rule.Expr, start, end, step)
	if err != nil {
		return fmt.Errorf("alert %s: %w", rule.Alert, err)
	}
	for _, series := range results {
		alert := labels.NewBuilder(series.Metric)
		alert.Set(labels.MetricName, "ALERTS").Set(labels.AlertName, rule.Alert)
		for name, value := range rule.Labels {
			alert.Set(name, value)
		}
		var since, last int64 = -1, -1
		for _, point := range series.Floats {
			if since < 0 || point.T-last > step.Milliseconds() {
				since = point.T
			}
			last = point.T
			alert.Set("alertstate", stateAfter(time.Duration(point.T-since)*time.Millisecond, rule.For))
			s.Append(alert.Labels(), point.T, 1)
		}
	}
	return nil
}

func stateAfter(held time.Duration, needed model.Duration) string {
	if held < time.Duration(needed) {
		return "pending"
	}
	return "firing"
}
