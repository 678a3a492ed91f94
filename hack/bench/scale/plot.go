// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/geeper-io/llm-operator/hack/bench/figures"
)

// A curve is a cost in a panel of the plot.
type curve struct {
	title, unit string
	color       color.Color
}

// The panels of the plot, from left to right.
var panels = []struct {
	title  string
	curves []curve
}{
	{"memory, MB", []curve{{"created", "peak-MB/create", blue}, {"after a restart", "peak-MB/restart", orange}}},
	{"CPU time, s", []curve{{"created", "CPU-s/create", blue}, {"after a restart", "CPU-s/restart", orange}}},
	{"time until all are ready, s", []curve{{"children exist", "s/children", orange}, {"ready", "s/ready", blue}}},
}

// Colors that people who cannot tell red from green can tell apart.
var (
	blue   = color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff}
	orange = color.RGBA{R: 0xe6, G: 0x7e, B: 0x00, A: 0xff}
)

// plotTo draws the panels side by side into an SVG file.
func plotTo(file string, sizes []int, measured figures.Figures) error {
	const panel = 3.2 * vg.Inch
	canvas := vgsvg.New(panel*vg.Length(len(panels)), 2.6*vg.Inch)
	tiles := draw.Tiles{Rows: 1, Cols: len(panels), PadX: vg.Points(12), PadRight: vg.Points(8), PadTop: vg.Points(4)}
	area := draw.New(canvas)
	for i, p := range panels {
		chart := plot.New()
		chart.Title.Text, chart.X.Label.Text = p.title, "objects"
		chart.X.Min, chart.Y.Min = 0, 0
		chart.Legend.Top, chart.Legend.Left = true, true
		for _, c := range p.curves {
			if err := add(chart, c, sizes, measured); err != nil {
				return err
			}
		}
		chart.Draw(tiles.At(area, i, 0))
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := canvas.WriteTo(out); err != nil {
		return err
	}
	return out.Close()
}

// add draws a curve with points.
func add(chart *plot.Plot, c curve, sizes []int, measured figures.Figures) error {
	var points plotter.XYs
	for _, size := range sizes {
		if value, found := of(measured, size, c.unit); found {
			points = append(points, plotter.XY{X: float64(size), Y: value})
		}
	}
	if len(points) == 0 {
		return nil
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, dots.Color, dots.Shape = c.color, c.color, draw.CircleGlyph{}
	chart.Add(line, dots)
	chart.Legend.Add(c.title, line, dots)
	return nil
}
