package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// table is written as Markdown.
type table struct {
	head []string
	rows []*row
}

type row struct{ cells []string }

func newTable(head ...string) *table { return &table{head: head} }

func (t *table) column(name string) { t.head = append(t.head, name) }

func (t *table) row(cells ...string) *row {
	r := &row{cells}
	t.rows = append(t.rows, r)
	return r
}

func (r *row) add(format string, args ...any) *row {
	r.cells = append(r.cells, fmt.Sprintf(format, args...))
	return r
}

func (t *table) String() string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.head)
	fmt.Fprintf(&b, "|%s\n", strings.Repeat(" --- |", len(t.head)))
	for _, r := range t.rows {
		line(r.cells)
	}
	return b.String()
}

// median of what f makes of all; not a number when there is nothing.
func median[T any](all []T, f func(T) float64) float64 { return quantile(all, 0.5, f) }

// quantile is what a part q of all is below, between two of them in proportion.
func quantile[T any](all []T, q float64, f func(T) float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	numbers := make([]float64, len(all))
	for i := range all {
		numbers[i] = f(all[i])
	}
	slices.Sort(numbers)
	below, part := math.Modf(q * float64(len(numbers)-1))
	low := numbers[int(below)]
	if part == 0 {
		return low
	}
	return low + part*(numbers[int(below)+1]-low)
}

// ratio is empty where there is nothing to compare with.
func ratio(a, b float64) string {
	r := a / b
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return ""
	}
	return fmt.Sprintf("%.2f", r)
}
