//go:build unix

package commands

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives the file the owner of another. Only root may have to, and may.
func keepOwner(file *os.File, like fs.FileInfo) error {
	owner, ok := like.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}
