package app

import (
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

func openKitNetHTTP(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", plain)
	for _, route := range kit.routes() {
		mux.HandleFunc(route.path, kitHandler(route.work))
	}
	return &App{HTTP: httpsession.Install(mux, sessions, nil), Store: sessions.Store(), close: sessions.Close}, nil
}

func openKitChi(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	r := chi.NewRouter()
	if err := chisession.Install(r, sessions, nil); err != nil {
		return nil, err
	}
	r.Get("/plain", plain)
	for _, route := range kit.routes() {
		r.Get(route.path, kitHandler(route.work))
	}
	return &App{HTTP: r, Store: sessions.Store(), close: sessions.Close}, nil
}

func kitHandler(work func(kitVisit) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := httpsession.Get(r)
		if err != nil {
			httpsession.Error(w, r, err)
			return
		}
		text, err := work(kitVisit{s, r.Context()})
		answer(w, text, err)
	}
}

func plain(w http.ResponseWriter, _ *http.Request) { answer(w, "ok", nil) }

func answer(w http.ResponseWriter, text string, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, text)
}
