// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql"
)

const (
	axisWidth    = 62
	axisHeight   = 18
	legendLine   = 15
	legendLines  = 3
	smallText    = 10
	legendMarker = 16
)

// timeSeries draws lines, or stacked areas, with axes and a legend below them.
func (s *svg) timeSeries(p *drawnPanel, b box) {
	all := p.series()
	b.h -= legendLine * float64(s.legend(p, all, b))
	plot := box{b.x + axisWidth, b.y + 4, b.w - axisWidth, b.h - axisHeight - 4}
	s.timeAxis(p, plot)
	stacked := p.FieldConfig.Defaults.Custom.Stacking.Mode == "normal"
	lines := make([][]promql.FPoint, len(all))
	below, top := map[int64]float64{}, 0.0
	for i, series := range all {
		for _, point := range series.Points {
			if stacked && !math.IsNaN(point.F) {
				point.F += below[point.T]
				below[point.T] = point.F
			}
			lines[i] = append(lines[i], point)
			if point.F > top { // and is no NaN
				top = point.F
			}
		}
	}
	top = s.valueAxis(p, plot, top)
	y := func(value float64) float64 { return plot.y + plot.h*(1-value/top) }
	for i := len(lines) - 1; i >= 0; i-- { // the lowest area is in front
		s.curve(p, plot, lines[i], y, p.color(all[i], i), stacked)
	}
}

// curve draws a line through points, which is interrupted where there are none.
func (s *svg) curve(p *drawnPanel, plot box, points []promql.FPoint, y func(float64) float64, color string, filled bool) {
	var path, area strings.Builder
	first, last := int64(-1), int64(-1)
	finish := func() {
		if first >= 0 && filled {
			fmt.Fprintf(&area, "L%.1f %.1fL%.1f %.1fZ", p.x(last, plot), y(0), p.x(first, plot), y(0))
		}
		first = -1
	}
	for _, point := range points {
		if math.IsNaN(point.F) {
			finish()
			continue
		}
		if first >= 0 && point.T-last > p.view.Step.Milliseconds() {
			finish()
		}
		command := "L"
		if first < 0 {
			command, first = "M", point.T
		}
		at := fmt.Sprintf("%s%.1f %.1f", command, p.x(point.T, plot), y(point.F))
		path.WriteString(at)
		if command == "M" {
			path.WriteString("h0") // a dot, if no point follows
		}
		area.WriteString(at)
		last = point.T
	}
	finish()
	if filled {
		// An opaque area hides the ones behind it, of which only the difference is to be seen.
		fmt.Fprintf(&s.out, "<path d=\"%s\" fill=\"%s\"/><path d=\"%[1]s\" fill=\"%[3]s\" fill-opacity=\"0.3\"/>\n", area.String(), panelColor, color)
	}
	fmt.Fprintf(&s.out, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" stroke-linecap=\"round\"/>\n", path.String(), color)
}

// legend draws the names of series at the lower edge, and returns how many lines it takes.
func (s *svg) legend(p *drawnPanel, all []Series, b box) int {
	lines := [][]int{nil}
	x := 0.0
	for i, series := range all {
		needed := legendMarker + width(fit(series.Legend, smallText, b.w-legendMarker), smallText) + 10
		if x+needed > b.w && x > 0 {
			if len(lines) == legendLines {
				break
			}
			lines, x = append(lines, nil), 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], i)
		x += needed
	}
	for row, line := range lines {
		x, y := b.x, b.y+b.h-legendLine*float64(len(lines)-1-row)-3
		for _, i := range line {
			text := fit(all[i].Legend, smallText, b.w-legendMarker)
			s.rect(box{x, y - 5, 12, 3}, p.color(all[i], i))
			s.text(x+legendMarker, y, text, style{size: smallText, color: textColor})
			x += legendMarker + width(text, smallText) + 10
		}
	}
	return len(lines)
}

// valueAxis draws horizontal lines at round values, and returns the value of the upper edge.
func (s *svg) valueAxis(p *drawnPanel, plot box, highest float64) (top float64) {
	if highest == 0 {
		highest = 1
	}
	step := roundStep(highest/3, p.FieldConfig.Defaults.Unit)
	top = step * math.Ceil(highest/step)
	for value := 0.0; value <= top*1.001; value += step {
		y := plot.y + plot.h*(1-value/top)
		s.line(plot.x, y, plot.x+plot.w, y, gridColor)
		s.text(plot.x-6, y+3, format(p.FieldConfig.Defaults.Unit, value), style{size: smallText, color: faintColor, anchor: "end"})
	}
	return top
}

// roundStep returns a step that is not less than the given one and looks round in the unit.
func roundStep(least float64, unit string) float64 {
	base := 10.0
	magnitude := math.Pow(base, math.Floor(math.Log10(least)))
	if unit == "bytes" {
		scale := math.Pow(1024, math.Floor(math.Log(least)/math.Log(1024)))
		magnitude = scale * math.Pow(base, math.Floor(math.Log10(least/scale)))
	}
	for _, factor := range []float64{1, 2, 2.5, 5} {
		if factor*magnitude >= least {
			return factor * magnitude
		}
	}
	return base * magnitude
}

// timeAxis draws vertical lines at round times.
func (s *svg) timeAxis(p *drawnPanel, plot box) {
	span := p.view.End.Sub(p.view.Start)
	most := max(1, int(plot.w/90))
	var step time.Duration
	for _, step = range []time.Duration{5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour} {
		if int(span/step) <= most {
			break
		}
	}
	for at := p.view.Start.UTC().Truncate(step).Add(step); at.Before(p.view.End); at = at.Add(step) {
		x := p.x(at.UnixMilli(), plot)
		s.line(x, plot.y, x, plot.y+plot.h, gridColor)
		if x-plot.x > 20 && plot.x+plot.w-x > 20 {
			s.text(x, plot.y+plot.h+13, at.Format("15:04:05"), style{size: smallText, color: faintColor, anchor: "middle"})
		}
	}
}
