// Package memstore keeps sessions in the memory of one process: for tests, and
// for apps that run as one process and may forget everybody at a restart.
package memstore
