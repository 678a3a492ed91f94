// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	dashboardFile = filepath.Join("..", "..", "config", "grafana", "dashboard.json")
	metricsPage   = filepath.Join("..", "..", "docs", "metrics.md")
)

func dashboard(t *testing.T) *Dashboard {
	t.Helper()
	d, err := ReadDashboard(dashboardFile)
	require.NoError(t, err)
	require.NotEmpty(t, d.Panels)
	return d
}

var (
	metricRow  = regexp.MustCompile("(?m)^\\|([^|\n]+)\\|")
	metricName = regexp.MustCompile("`([a-z][a-z0-9_]*)`")
	// partOfHistogram matches what the name of a histogram does not have.
	partOfHistogram = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// documented returns the names in the first columns of the tables of docs/metrics.md.
func documented(t *testing.T) map[string]bool {
	t.Helper()
	page, err := os.ReadFile(metricsPage)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, row := range metricRow.FindAllStringSubmatch(string(page), -1) {
		for _, name := range metricName.FindAllStringSubmatch(row[1], -1) {
			names[name[1]] = true
		}
	}
	return names
}

// undocumented returns the metrics of a query that are not known.
func undocumented(t *testing.T, query string, known map[string]bool) (names []string) {
	t.Helper()
	metrics, err := Metrics(query)
	require.NoError(t, err)
	require.NotEmpty(t, metrics, query)
	for _, name := range metrics {
		if !known[name] && !known[partOfHistogram.ReplaceAllString(name, "")] {
			names = append(names, name)
		}
	}
	return names
}

// Queries of the dashboard use metrics that are documented.
func TestDashboardMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	d, known := dashboard(t), documented(t)
	values := map[string]string{"__rate_interval": "1m"}
	for _, variable := range d.Templating.List {
		values[variable.Name] = "v"
	}
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			query, err := Expand(target.Expr, values)
			require.NoError(t, err)
			assert.Empty(t, undocumented(t, query, known), panel.Title)
			assert.Contains(t, target.Expr, `{job="$job"`, "the operator, not another program")
		}
	}
	for _, variable := range d.Templating.List[1:] {
		selector, _, err := LabelValues(variable.Query)
		require.NoError(t, err)
		query, err := Expand(selector, values)
		require.NoError(t, err)
		assert.Empty(t, undocumented(t, query, known), variable.Name)
	}
	assert.Equal(t, []string{"llm_operator_modells"}, undocumented(t, "sum(llm_operator_modells) / sum(llm_operator_models)", known))
	assert.Equal(t, []string{"llm_operator_models_total"}, undocumented(t, "rate(llm_operator_models_total[5m])", known))
}

// Panels have what users need to read them, and do not overlap.
func TestDashboardPanels(t *testing.T) {
	t.Parallel()
	const columns = 24
	d := dashboard(t)
	ids, taken := map[int]string{}, map[[2]int]string{}
	for _, panel := range d.Panels {
		assert.Empty(t, ids[panel.ID], "the ID of %s", panel.Title)
		ids[panel.ID] = panel.Title
		at := panel.GridPos
		assert.True(t, at.W > 0 && at.H > 0 && at.X >= 0 && at.X+at.W <= columns, panel.Title)
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				assert.Empty(t, taken[[2]int{x, y}], "%s is in the same place", panel.Title)
				taken[[2]int{x, y}] = panel.Title
			}
		}
		if panel.IsRow() {
			continue
		}
		assert.NotEmpty(t, panel.Description, panel.Title)
		assert.NotEmpty(t, panel.FieldConfig.Defaults.Unit, panel.Title)
		assert.NotEmpty(t, panel.Targets, panel.Title)
		for _, target := range panel.Targets {
			assert.Equal(t, panel.Type == "table", target.LegendFormat == "", panel.Title)
		}
	}
	assert.Len(t, taken, columns*(1+bottom(d)), "the grid has no gaps")
}

// bottom returns the last line of the grid.
func bottom(d *Dashboard) (last int) {
	for _, panel := range d.Panels {
		last = max(last, panel.GridPos.Y+panel.GridPos.H-1)
	}
	return last
}

// Each alert is linked from a panel that shows why it fires, and panels link to nothing else.
func TestDashboardLinksRunbooks(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for _, rule := range rules(t) {
		want["Runbook of "+rule.Alert] = rule.Annotations["runbook_url"]
	}
	got := map[string]string{}
	for _, panel := range dashboard(t).Panels {
		for _, link := range panel.Links {
			got[link.Title] = link.URL
			assert.Equal(t, want[link.Title], link.URL, panel.Title)
		}
	}
	assert.Equal(t, want, got)
}

func TestExpand(t *testing.T) {
	t.Parallel()
	values := map[string]string{"name": "a", "namespace": "n", "__rate_interval": RateInterval(15*time.Second, 30*time.Second)}
	for name, tc := range map[string]struct{ text, want, err string }{
		"names that begin with the same word": {`m{name="$name", namespace="$namespace"}`, `m{name="a", namespace="n"}`, ""},
		"range of rates":                      {"rate(m[$__rate_interval])", "rate(m[2m])", ""},
		"unknown variable":                    {"m[$__range]", "", "the variable $__range has no value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Expand(tc.text, values)
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
	assert.Equal(t, "1m15s", RateInterval(time.Minute, 15*time.Second))
}

func TestInvalidQueries(t *testing.T) {
	t.Parallel()
	_, err := Metrics("sum(")
	require.ErrorContains(t, err, "query sum(: ")
	_, err = Metrics(`{job="a"}`)
	require.ErrorContains(t, err, "has no name of a metric")
	_, _, err = LabelValues("label_names()")
	require.ErrorContains(t, err, "is not of the form")
}

// Every dashboard needs a data source first, and then each variable those before it.
func TestDashboardVariables(t *testing.T) {
	t.Parallel()
	var names []string
	for i, variable := range dashboard(t).Templating.List {
		names = append(names, variable.Name)
		assert.Equal(t, i == 0, variable.Type == "datasource", variable.Name)
		for _, used := range variableName.FindAllStringSubmatch(variable.Query, -1) {
			assert.Contains(t, strings.Join(names[:i], " "), used[1])
		}
	}
	assert.Equal(t, []string{"datasource", "job", "namespace", "name"}, names)
}
