// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var rulesFile = filepath.Join("..", "..", "config", "prometheus", "rules.yaml")

// A ruleTest is a test in testdata/rules.yaml, in the format of "promtool test rules".
type ruleTest struct {
	Name        string
	Interval    model.Duration
	InputSeries []struct{ Series, Values string } `yaml:"input_series"`
	ExprTest    []struct {
		Expr       string
		EvalTime   model.Duration `yaml:"eval_time"`
		ExpSamples []struct {
			Labels string
			Value  float64
		} `yaml:"exp_samples"`
	} `yaml:"promql_expr_test"`
}

func ruleTests(t *testing.T) (tests []ruleTest) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "rules.yaml"))
	require.NoError(t, err)
	var file struct{ Tests []ruleTest }
	require.NoError(t, yaml.Unmarshal(data, &file))
	require.NotEmpty(t, file.Tests)
	return file.Tests
}

func rules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	all, err := ReadRules(rulesFile)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// The alerts fire when they should, and not before.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, tc := range ruleTests(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			s, start := &Storage{}, time.Unix(0, 0).UTC()
			end, interval := start, time.Duration(tc.Interval)
			for _, input := range tc.InputSeries {
				metric, values, err := parser.NewParser(parser.Options{}).ParseSeriesDesc(input.Series + " " + input.Values)
				require.NoError(t, err)
				for i, value := range values {
					at := start.Add(time.Duration(i) * interval)
					if !value.Omitted {
						s.Append(metric, at.UnixMilli(), value.Value)
					}
				}
			}
			for _, expected := range tc.ExprTest {
				if at := start.Add(time.Duration(expected.EvalTime)); at.After(end) {
					end = at
				}
			}
			for _, rule := range rules(t) {
				require.NoError(t, s.Evaluate(t.Context(), rule, start, end, time.Minute))
			}
			for _, expected := range tc.ExprTest {
				found, err := Instant(t.Context(), s, expected.Expr, start.Add(time.Duration(expected.EvalTime)))
				require.NoError(t, err)
				want := []string{}
				for _, sample := range expected.ExpSamples {
					metric, err := parser.NewParser(parser.Options{}).ParseMetric(sample.Labels)
					require.NoError(t, err)
					want = append(want, fmt.Sprint(metric, sample.Value))
				}
				got := []string{}
				for _, sample := range found {
					got = append(got, fmt.Sprint(sample.Metric, sample.F))
				}
				assert.ElementsMatch(t, want, got, "%s at %s", expected.Expr, expected.EvalTime)
			}
		})
	}
}

// Each alert has a test in which it fires, a severity, and a runbook.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	fired := map[string]bool{}
	for _, tc := range ruleTests(t) {
		for _, expected := range tc.ExprTest {
			for _, sample := range expected.ExpSamples {
				metric, err := parser.NewParser(parser.Options{}).ParseMetric(sample.Labels)
				require.NoError(t, err)
				fired[metric.Get(labels.AlertName)] = true
			}
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbooks.md"))
	require.NoError(t, err)
	headings := regexp.MustCompile("(?m)^### (\\w+)$").FindAllStringSubmatch(string(page), -1)
	var alerts []string
	for _, rule := range rules(t) {
		alerts = append(alerts, rule.Alert)
		assert.True(t, fired[rule.Alert], "%s fires in no test", rule.Alert)
		assert.Contains(t, []string{"critical", "warning", "info"}, rule.Labels["severity"], rule.Alert)
		assert.Equal(t, "https://github.com/geeper-io/llm-operator/blob/main/docs/runbooks.md#"+strings.ToLower(rule.Alert), rule.Annotations["runbook_url"])
		for name, text := range rule.Annotations {
			assert.NotContains(t, expand(t, text), "no value", "%s of %s", name, rule.Alert)
		}
		assert.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
	}
	var documented []string
	for _, heading := range headings {
		documented = append(documented, heading[1])
	}
	assert.Equal(t, alerts, documented, "docs/runbooks.md has the alerts in their order")
}

// expand expands an annotation as Prometheus does.
func expand(t *testing.T, text string) string {
	t.Helper()
	data := template.AlertTemplateData(map[string]string{"namespace": "n", "name": "a", "pod": "p", "webhook": "w"}, nil, "", promql.Sample{F: 3600})
	header := "{{$labels := .Labels}}{{$value := .Value}}"
	expanded, err := template.NewTemplateExpander(t.Context(), header+text, "alert", data, 0, nil, nil, nil).Expand()
	require.NoError(t, err)
	return expanded
}
