// Package browser uses the example apps and the dashboard as people do: in a real
// Chromium without a window. Where there is none its tests are skipped, but fail
// with CI=true.
package browser
