// Package moving moves small apps from other session libraries to the kit by the
// lines that docs/moving.md gives, and tries them before and after.
package moving
