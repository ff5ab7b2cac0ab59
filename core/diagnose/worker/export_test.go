package worker

var AppName = appName
