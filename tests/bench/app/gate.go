package app

// gate holds a slow request in the middle of its work, so that what happens
// meanwhile happens for certain.
var gate = slowGate{make(chan struct{}), make(chan struct{})}

type slowGate struct{ arrived, leave chan struct{} }

// wait is called by the slow request.
func (g slowGate) wait() {
	g.arrived <- struct{}{}
	<-g.leave
}

// Arrived returns when a request of /slow has its session and waits.
func Arrived() { <-gate.arrived }

// Release lets that request go on.
func Release() { gate.leave <- struct{}{} }
