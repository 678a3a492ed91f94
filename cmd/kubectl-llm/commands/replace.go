package commands

import (
	"io/fs"
	"os"
	"path/filepath"
)

// replaceContents gives a file, or the one that a symbolic link leads to, other
// contents. The file keeps its mode and owner. After any failure, a full disk among
// them, it is as it was.
func replaceContents(name string, data []byte) error {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return err
	}
	err = fill(temporary, data, info)
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary.Name(), target)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // the first error is the one that counts
	}
	return err
}

func fill(file *os.File, data []byte, like fs.FileInfo) error {
	if err := keepOwner(file, like); err != nil {
		return err
	}
	if err := file.Chmod(like.Mode().Perm()); err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}
