package debug

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/gosessionkit/sessionkit/core/diagnose"
)

// writeExposition writes metrics in the text format of Prometheus, version 0.0.4.
func writeExposition(w io.Writer, all []Family) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	for _, f := range all {
		if len(f.Samples) == 0 {
			continue
		}
		fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", f.Name, escapeHelp.Replace(f.Help), f.Name, f.Type)
		for _, s := range f.Samples {
			if f.Type != "histogram" {
				fmt.Fprintf(b, "%s %s\n", series(f.Name, f.Labels, s.Labels), decimal(s.Value))
				continue
			}
			names := append(f.Labels[:len(f.Labels):len(f.Labels)], "le")
			for i, end := range diagnose.Buckets {
				fmt.Fprintf(b, "%s %d\n", series(f.Name+"_bucket", names, append(s.Labels[:len(s.Labels):len(s.Labels)], decimal(end))), s.Histogram.Buckets[i])
			}
			fmt.Fprintf(b, "%s %d\n", series(f.Name+"_bucket", names, append(s.Labels[:len(s.Labels):len(s.Labels)], "+Inf")), s.Histogram.Count)
			fmt.Fprintf(b, "%s %s\n", series(f.Name+"_sum", f.Labels, s.Labels), decimal(s.Histogram.Sum))
			fmt.Fprintf(b, "%s %d\n", series(f.Name+"_count", f.Labels, s.Labels), s.Histogram.Count)
		}
	}
}

// decimal writes whole numbers as people do.
func decimal(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

var (
	escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	escapeHelp  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
)

// series names one time series: the metric, and its labels.
func series(metric string, names, values []string) string {
	if len(names) == 0 {
		return metric
	}
	pairs := make([]string, len(names))
	for i, name := range names {
		pairs[i] = fmt.Sprintf(`%s="%s"`, name, escapeLabel.Replace(strings.ToValidUTF8(values[i], "\uFFFD")))
	}
	return metric + "{" + strings.Join(pairs, ",") + "}"
}
