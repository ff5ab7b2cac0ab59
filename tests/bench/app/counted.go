package app

// Counted are those of sessionkit with its collector in a Prometheus registry.
var Counted = counted()

func counted() (list []Contender) {
	for _, c := range All {
		if !c.Kit {
			continue
		}
		open := c.Open
		list = append(list, Contender{Library: c.Library + " with metrics", Router: c.Router, Shape: true, HasIdle: c.HasIdle, Open: func(st Storage) (*App, error) {
			st.Metrics = true
			return open(st)
		}})
	}
	return list
}
