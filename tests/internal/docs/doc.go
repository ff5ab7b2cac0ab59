// Package docs reads the code in the documents, and runs what is for a shell.
package docs
