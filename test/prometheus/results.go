// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
)

// A View is what Grafana sends with the queries of a dashboard: values of its variables and a range of time.
type View struct {
	Variables      map[string]string
	Start, End     time.Time
	Step           time.Duration
	ScrapeInterval time.Duration
}

// A Series is a series that a query has returned.
type Series struct {
	// Legend is its name.
	Legend string
	Labels labels.Labels
	// Points are its values, by time in milliseconds. An instant query has only the last.
	Points []promql.FPoint
}

// HasValue reports whether a value is a number: a quotient is none while nothing happens.
func (s *Series) HasValue() bool {
	for _, point := range s.Points {
		if !math.IsNaN(point.F) {
			return true
		}
	}
	return false
}

// Last returns the last value.
func (s *Series) Last() float64 { return s.Points[len(s.Points)-1].F }

// Query runs the query of a target.
func (v *View) Query(ctx context.Context, data storage.Queryable, target Target) ([]Series, error) {
	values := map[string]string{"__rate_interval": RateInterval(v.Step, v.ScrapeInterval)}
	for name, value := range v.Variables {
		values[name] = value
	}
	query, err := Expand(target.Expr, values)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", target.Expr, err)
	}
	var found []Series
	if target.Instant {
		samples, err := Instant(ctx, data, query, v.End)
		if err != nil {
			return nil, fmt.Errorf("query %s: %w", query, err)
		}
		for _, sample := range samples {
			found = append(found, Series{legend(target.LegendFormat, sample.Metric), sample.Metric, []promql.FPoint{{T: sample.T, F: sample.F}}})
		}
		return found, nil
	}
	matrix, err := Matrix(ctx, data, query, v.Start, v.End, v.Step)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", query, err)
	}
	for _, series := range matrix {
		found = append(found, Series{legend(target.LegendFormat, series.Metric), series.Metric, series.Floats})
	}
	return found, nil
}

// Values returns the values that a variable may have.
func (v *View) Values(ctx context.Context, data storage.Queryable, variable Variable) ([]string, error) {
	selector, label, err := LabelValues(variable.Query)
	if err != nil {
		return nil, err
	}
	found, err := v.Query(ctx, data, Target{Expr: "group by (" + label + ") (" + selector + ")", LegendFormat: "{{" + label + "}}", Instant: true})
	if err != nil {
		return nil, err
	}
	var values []string
	for _, series := range found {
		values = append(values, series.Legend)
	}
	return values, nil
}
