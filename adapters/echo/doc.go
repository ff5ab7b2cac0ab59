// Package echosession puts sessions into Echo apps.
//
//	e := echo.New()
//	err := echosession.Install(e, sessions, debug.New(sessions))
//	e.GET("/", home)
//	e.GET("/account", account, echosession.RequireUser(nil))
//
//	func home(c echo.Context) error {
//		s, err := echosession.Get(c)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// Package auth takes c.Request().Context().
package echosession
