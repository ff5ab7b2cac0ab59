package file

// KindInTable and MountID read what Linux tells of mounts.
var (
	KindInTable = kindInTable
	MountID     = mountID
)

// KindByNumber is the kind of a file system without a look at the mount table.
func KindByNumber(magic uint32) string { return kinds[magic] }
