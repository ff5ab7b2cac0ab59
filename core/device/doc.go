// Package device has a short name for what a browser says of itself, such as
// "Firefox on Windows", for the label of a login:
//
//	err := auth.Login(r.Context(), user.ID, auth.Label(device.Name(r.UserAgent())))
//
// It is a module of its own, which an app that has no use for it does not download.
package device
