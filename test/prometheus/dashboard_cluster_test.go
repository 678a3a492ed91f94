// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	picture  = flag.String("picture", "", "file that the dashboard is drawn to, in SVG")
	duration = flag.Duration("duration", 10*time.Second, "how long the scenario of the dashboard takes")
)

const (
	scrapeInterval = time.Second
	// patience is how long the last series may take to appear.
	patience = 45 * time.Second
	// points is the number of points of each series of the picture.
	points = 60
)

// withoutSeries has the queries that have no series in the scenario, and why.
var withoutSeries = map[string]string{
	"What needs attention: route rejected":   "no object has a route of the Gateway API",
	"What needs attention: tolerated errors": "the flags of the operator do not change",
	"Upgrade: {{result}}":                    "no other version of the operator was there before",
}

// Prometheus scrapes two replicas of the operator, one of which is the leader, and each query of the dashboard has values.
func TestDashboardOnCluster(t *testing.T) {
	c := startCluster(t)
	server := c.scrape(t)
	d, start := dashboard(t), time.Now()
	c.play(t, *duration)
	var view *View
	require.EventuallyWithT(t, func(collect *assert.CollectT) {
		end := time.Now()
		view = &View{
			Variables: map[string]string{"job": scrapeJob, "namespace": teamA, "name": "chat"},
			Start:     start, End: end, Step: max(scrapeInterval, end.Sub(start)/points), ScrapeInterval: scrapeInterval,
		}
		empty := []string{}
		for _, panel := range d.Panels {
			for _, target := range panel.Targets {
				series, err := view.Query(t.Context(), server, target)
				require.NoError(collect, err)
				if !anyValue(series) {
					empty = append(empty, fmt.Sprintf("%s: %s", panel.Title, target.LegendFormat))
				}
			}
		}
		want := []string{}
		for query := range withoutSeries {
			want = append(want, query)
		}
		assert.ElementsMatch(collect, want, empty)
	}, patience, scrapeInterval)
	checkVariables(t, d, view, server)
	checkValues(t, d, view, server)
	if *picture != "" {
		drawing, err := Draw(t.Context(), d, view, server)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(*picture, drawing, 0o644))
	}
}

func anyValue(all []Series) bool {
	for _, series := range all {
		if series.HasValue() {
			return true
		}
	}
	return false
}

// checkVariables asserts that users can choose what there is.
func checkVariables(t *testing.T, d *Dashboard, view *View, server *Server) {
	t.Helper()
	want := map[string][]string{"job": {scrapeJob}, "namespace": {teamA, teamB}, "name": {"chat", "code", "old"}}
	for _, variable := range d.Templating.List[1:] {
		got, err := view.Values(t.Context(), server, variable)
		require.NoError(t, err)
		assert.ElementsMatch(t, want[variable.Name], got, variable.Name)
	}
}

// checkValues asserts that nothing is counted twice because there are two replicas.
func checkValues(t *testing.T, d *Dashboard, view *View, server *Server) {
	t.Helper()
	last := func(title string) map[string]float64 {
		values := map[string]float64{}
		for _, panel := range d.Panels {
			for _, target := range panel.Targets {
				if panel.Title != title {
					continue
				}
				series, err := view.Query(t.Context(), server, target)
				require.NoError(t, err)
				for _, one := range series {
					values[cmp.Or(one.Legend, one.Labels.String())] = one.Last()
				}
			}
		}
		return values
	}
	objects := 0.0
	for _, count := range last("Objects by phase") {
		objects += count
	}
	assert.InDelta(t, 6, objects, 0)
	notReady := last("Objects that are not ready")
	for _, object := range []string{"asleep", "huge", "typo"} {
		assert.Contains(t, fmt.Sprint(notReady), `name="`+object+`", namespace="team-b"`)
	}
	attention := last("What needs attention")
	assert.InDelta(t, 1, attention["paused"], 0)
	assert.InDelta(t, 1, attention["deprecated fields"], 0)
	assert.InDelta(t, 2, last("Models by phase")["Failed"], 0)
	assert.Equal(t, map[string]float64{"up": 2, "leaders": 1}, last("Replicas of the operator"))
}
