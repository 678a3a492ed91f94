// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"context"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// Storage holds series in memory, at any time, for tests of alerts that last days. It implements storage.Queryable.
type Storage struct {
	series map[string]*promql.Series
}

// Append appends a sample at a time in milliseconds. Those of a series must be in order.
func (s *Storage) Append(metric labels.Labels, at int64, value float64) {
	if s.series == nil {
		s.series = map[string]*promql.Series{}
	}
	key := metric.String()
	if s.series[key] == nil {
		s.series[key] = &promql.Series{Metric: metric}
	}
	s.series[key].Floats = append(s.series[key].Floats, promql.FPoint{T: at, F: value})
}

// Querier implements storage.Queryable. The engine itself skips samples outside of the range.
func (s *Storage) Querier(_, _ int64) (storage.Querier, error) {
	return querier{storage.NoopQuerier(), s}, nil
}

type querier struct {
	storage.Querier
	*Storage
}

// Select implements storage.Querier.
func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	found := &seriesSet{}
	for _, series := range q.series {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(series.Metric.Get(m.Name)) }) {
			found.rest = append(found.rest, series)
		}
	}
	return found
}

// A seriesSet iterates over series.
type seriesSet struct {
	current *promql.Series
	rest    []*promql.Series
}

// Next implements storage.SeriesSet.
func (s *seriesSet) Next() bool {
	if len(s.rest) == 0 {
		return false
	}
	s.current, s.rest = s.rest[0], s.rest[1:]
	return true
}

// At implements storage.SeriesSet.
func (s *seriesSet) At() storage.Series { return promql.NewStorageSeries(*s.current) }

// Err implements storage.SeriesSet.
func (*seriesSet) Err() error { return nil }

// Warnings implements storage.SeriesSet.
func (*seriesSet) Warnings() annotations.Annotations { return nil }
