// Package echosession puts sessions into apps on Echo v5.
//
//	e := echo.New()
//	err := echosession.Install(e, sessions, debug.New(sessions))
//	e.GET("/", home)
//	e.GET("/account", account, echosession.RequireUser(nil))
//
//	func home(c *echo.Context) error {
//		s, err := echosession.Get(c)
//		if err != nil {
//			return err // answered with its status, see session.HTTPStatus
//		}
//		...
//	}
//
// Package auth takes c.Request().Context().
//
// It has the names of adapters/echo, which is for Echo v4: an app that moves
// changes the import, and its users' logins hold on old and new workers at once.
// The code of the two looks alike, and is apart because each line has types of one
// Echo; what is about sessions is in package httpsession.
package echosession
