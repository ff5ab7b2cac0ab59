// Package fasthttpsession is what the adapters for Fiber v2 and v3 have in common:
// what a request and its answer are to fasthttp, on which both stand. It imports
// neither, so that an app with one of them never downloads the other.
package fasthttpsession
